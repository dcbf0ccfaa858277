//! HTTP around the engine.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use crate::answer::Engine;

/// The greatest request, in bytes.
const MAX_REQUEST: usize = 1024 * 1024;

/// Serves until the task is aborted. Each known path takes every action, as an action may be sent to several.
pub(crate) async fn serve(listener: TcpListener, engine: Arc<Engine>) {
    let app =
        Router::new().route("/{*path}", post(answer)).layer(DefaultBodyLimit::max(MAX_REQUEST)).with_state(engine);
    // `axum::serve` never ends by itself.
    let _ = axum::serve(listener, app).await;
}

async fn answer(State(engine): State<Arc<Engine>>, uri: Uri, body: Bytes) -> Response {
    if !engine.gateway.paths.contains(&uri.path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(CONTENT_TYPE, "application/json")], engine.answer(&body)).into_response()
}
