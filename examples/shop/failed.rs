//! Why a page cannot be shown.

use std::error::Error;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a page cannot be shown. The visitor sees a status; the shop's log contains the reason.
pub enum Failed {
    NotFound,
    Inside(Box<dyn Error + Send + Sync>),
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Inside(error.into())
    }
}

/// How it is printed if `main` returns it.
impl std::fmt::Debug for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Inside(error) => write!(f, "{error}"),
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not found").into_response(),
            Self::Inside(error) => {
                tracing::error!(%error, "a page failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "the shop is out of order, please try again").into_response()
            }
        }
    }
}
