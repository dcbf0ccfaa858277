//! Adds the cause of a refusal as a header, for clients that show only the head of a reply.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use crate::line::fit;

/// The header.
const CAUSE: HeaderName = HeaderName::from_static("x-ottpay-sandbox-cause");

/// The maximum length of the cause in the header, in characters.
const MAX_CAUSE: usize = 500;

/// Adds the cause of a refusal, if there is one. Characters that a header cannot contain become `?`.
pub(super) fn with_cause(mut response: Response, cause: Option<&str>) -> Response {
    let Some(cause) = cause else { return response };
    let printable = |character: char| if matches!(character, ' '..='~') { character } else { '?' };
    // `fit` marks a cut by a character that a header cannot contain.
    let text: String = fit(cause.trim(), MAX_CAUSE).replace('…', "...").chars().map(printable).collect();
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(CAUSE, value);
    }
    response
}
