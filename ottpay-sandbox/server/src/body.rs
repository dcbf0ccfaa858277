//! Reads and limits the body of a request before a handler runs.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use http_body_util::LengthLimitError;

use crate::places::Place;

/// The longest time in which the body of a request must arrive.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// Reads the body of a request into memory, with a limit on its size and on the time it takes.
///
/// Until the body is complete, the connection waits for its peer and may be closed in favour of a new one. After that
/// it keeps its place until the response is ready.
///
/// # Errors
/// [`BodyError`]: the body is incomplete, so nothing may be carried out.
pub async fn read_whole(request: Request, limit: usize) -> Result<Request, BodyError> {
    let (head, body) = request.into_parts();
    match tokio::time::timeout(BODY_WITHIN, to_bytes(body, limit)).await {
        // The place is absent if another server serves the router; then nothing can take it away.
        Ok(Ok(body)) => match head.extensions.get::<Arc<Place>>().is_none_or(|place| place.begin_work()) {
            true => Ok(Request::from_parts(head, Body::from(body))),
            false => Err(BodyError::Crowded),
        },
        // axum wraps the error of its limit, so only the source tells it from a broken body.
        Ok(Err(error)) if error.source().is_some_and(<dyn Error>::is::<LengthLimitError>) => {
            Err(BodyError::TooLarge { limit })
        }
        Ok(Err(error)) => Err(BodyError::Broken { reason: error.to_string() }),
        Err(_) => Err(BodyError::Late),
    }
}

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is longer than the limit.
    #[error("expected a body of at most {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body ends early or is not valid HTTP.
    #[error("the body cannot be read: {reason}")]
    Broken {
        /// The reason.
        reason: String,
    },
    /// The body did not arrive in time.
    #[error("the body was not sent within {} seconds", BODY_WITHIN.as_secs())]
    Late,
    /// The server was full and closed this connection in favour of a new one.
    #[error("too many connections; try again")]
    Crowded,
}

impl BodyError {
    /// Returns the HTTP status of the response.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken { .. } => StatusCode::BAD_REQUEST,
            Self::Late => StatusCode::REQUEST_TIMEOUT,
            Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
