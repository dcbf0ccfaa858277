//! The cause of a refusal in a header, for clients that show no more of a reply than its head.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use crate::line::fit;

/// The header.
const CAUSE: HeaderName = HeaderName::from_static("x-ottpay-sandbox-cause");

/// The longest cause in it, in characters.
const MAX_CAUSE: usize = 500;

/// A response with the cause of its refusal, if it has one. Characters that a header cannot contain are `?`.
pub(super) fn with_cause(mut response: Response, cause: Option<&str>) -> Response {
    let Some(cause) = cause else { return response };
    let printable = |character: char| if matches!(character, ' '..='~') { character } else { '?' };
    let text: String = fit(cause.trim(), MAX_CAUSE).replace('…', "...").chars().map(printable).collect();
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(CAUSE, value);
    }
    response
}
