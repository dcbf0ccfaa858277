//! The replies and errors that all calls of the control interface share.

use std::str::FromStr;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use serde_json::{Value, json};
use tokio::task::JoinError;

use crate::error::SandboxError;

/// A failed call: its HTTP status, and a message that states what to do.
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

impl From<SandboxError> for CallError {
    fn from(error: SandboxError) -> Self {
        let status = match error {
            SandboxError::NoSuchOrder { .. } | SandboxError::NoSuchCallback { .. } => StatusCode::NOT_FOUND,
            SandboxError::NoSuchAction { .. } => StatusCode::BAD_REQUEST,
            SandboxError::WrongState { .. } => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, error.to_string())
    }
}

impl From<rusqlite::Error> for CallError {
    fn from(error: rusqlite::Error) -> Self {
        SandboxError::from(error).into()
    }
}

impl From<JoinError> for CallError {
    fn from(_: JoinError) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, "the call did not finish".to_owned())
    }
}

/// Parses a number in a query string.
pub(super) fn parse_number<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| D::Error::custom("expected a whole number, as in 100"))
}

pub(super) type Reply = Result<Json<Value>, CallError>;
