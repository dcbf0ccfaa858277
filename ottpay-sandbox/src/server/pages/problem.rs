//! Reports why a page cannot be shown or a button has failed.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::task::JoinError;

use crate::engine::Engine;
use crate::error::SandboxError;
use crate::order::Order;
use crate::server::blocking::run_blocking;

/// A message, and the HTTP status of the response.
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: text.into() }
    }
}

impl From<SandboxError> for Problem {
    fn from(error: SandboxError) -> Self {
        let status = match error {
            SandboxError::NoSuchOrder { .. } => StatusCode::NOT_FOUND,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, text: error.to_string() }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        SandboxError::from(error).into()
    }
}

impl From<JoinError> for Problem {
    fn from(_: JoinError) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, text: "the page did not finish".to_owned() }
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
    run_blocking(move || Ok(engine.require_order(&id)?)).await
}
