//! Reports why a page cannot be shown or a button has failed.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::engine::Engine;
use crate::order::Order;

/// A message, and the HTTP status of the response.
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: text.into() }
    }

    pub(super) fn unknown_order(order_id: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, text: format!("there is no order {order_id}") }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        let text = format!("the sandbox cannot use its database: {error}");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, text }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, self.text + "\n").into_response()
    }
}

/// Finds the order of a page.
pub(super) async fn find_order(engine: &Arc<Engine>, order_id: &str) -> Result<Order, Problem> {
    let (engine, id) = (Arc::clone(engine), order_id.to_owned());
    match tokio::task::spawn_blocking(move || engine.find(&id)).await {
        Ok(found) => found?.ok_or_else(|| Problem::unknown_order(order_id)),
        Err(_) => Err(Problem { status: StatusCode::INTERNAL_SERVER_ERROR, text: "the order was not read".to_owned() }),
    }
}
