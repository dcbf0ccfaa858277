//! Responds to requests that are refused before they are handled.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::cause::with_cause;
use crate::engine::Engine;

/// Refuses a request to this path, and logs and stores the refusal.
pub(super) async fn refuse_request(engine: &Engine, path: &str, status: StatusCode, cause: &str) -> Response {
    engine.keep_unserved(path, status.as_u16(), cause).await;
    with_cause((status, format!("{cause}\n")).into_response(), Some(cause))
}
