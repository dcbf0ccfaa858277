//! HTTP around the engine.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::answer::{Engine, Refusal};
use crate::check;

/// The greatest request, in bytes.
const MAX_REQUEST: usize = 1024 * 1024;

/// Serves until the task is aborted. Each known path takes every action that is sealed, as an action may be sent to
/// several; links are opened.
pub(crate) async fn serve(listener: TcpListener, engine: Arc<Engine>) {
    let app = Router::new()
        .route("/{*path}", get(open).post(answer))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(engine);
    // `axum::serve` never ends by itself.
    let _ = axum::serve(listener, app).await;
}

async fn answer(State(engine): State<Arc<Engine>>, uri: Uri, body: Bytes) -> Response {
    if !engine.gateway.paths.contains(&uri.path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(CONTENT_TYPE, "application/json")], engine.answer(uri.path(), &body)).into_response()
}

/// The vendor does not say what a buyer sees behind a link; here he sees that the order is there.
async fn open(State(engine): State<Arc<Engine>>, uri: Uri) -> Response {
    let Some(info) = check::link(engine.gateway, uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match engine.open_link(info, uri.query().unwrap_or_default()) {
        Ok(order) => {
            format!("order {} of {} waits for the buyer\n", order.id(), order.amount().minor()).into_response()
        }
        Err(Refusal { code, message }) => (StatusCode::BAD_REQUEST, format!("{code}: {message}\n")).into_response(),
    }
}
