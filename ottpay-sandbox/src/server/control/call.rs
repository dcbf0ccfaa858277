//! The replies and errors that all calls of the control interface share.

use std::str::FromStr;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use serde_json::{Value, json};

/// A failed call: its HTTP status, and a message that says what to do.
pub(super) struct CallError(pub(super) StatusCode, pub(super) String);

impl CallError {
    /// Rejects an invalid call.
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, text.into())
    }
}

impl IntoResponse for CallError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<rusqlite::Error> for CallError {
    fn from(error: rusqlite::Error) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("the sandbox cannot use its database: {error}"))
    }
}

/// Parses a number in a query string.
pub(super) fn parse_number<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| D::Error::custom("expected a whole number, as in 100"))
}

pub(super) type Reply = Result<Json<Value>, CallError>;

/// Runs work that may wait for the disk on a blocking thread.
pub(super) async fn run_blocking(work: impl FnOnce() -> Reply + Send + 'static) -> Reply {
    let gone = |_| CallError(StatusCode::INTERNAL_SERVER_ERROR, "the call was not finished".to_owned());
    tokio::task::spawn_blocking(work).await.map_err(gone)?
}
