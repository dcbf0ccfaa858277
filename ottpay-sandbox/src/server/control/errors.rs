//! Reports all errors of a call as JSON, whichever layer they come from.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::call::CallError;

/// The maximum length of an error message that is passed on, in bytes.
const MAX_ERROR: usize = 64 * 1024;

/// Returns whether a path belongs to the control interface rather than to a page or the gateway.
pub(crate) fn is_call(path: &str) -> bool {
    path.strip_prefix("/sandbox/").is_some_and(|rest| {
        let first = rest.split('/').next().unwrap_or_default();
        // A path that is not a page is a call even if it is unknown, so that a program gets JSON.
        !matches!(first, "" | "order" | "message" | "events" | "login")
    })
}

/// Converts the errors of the router, the extractors and the guards to JSON.
pub(crate) async fn report_errors_as_json(request: Request, next: Next) -> Response {
    if !is_call(request.uri().path()) {
        return next.run(request).await;
    }
    let method = request.method().clone();
    let response = next.run(request).await;
    let is_json = |response: &Response| response.headers().get(CONTENT_TYPE).is_some_and(|is| is == "application/json");
    if response.status().as_u16() < 400 || is_json(&response) {
        return response;
    }
    let (head, body) = response.into_parts();
    let text = to_bytes(body, MAX_ERROR).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    // This prefix of the extractor does not help the caller.
    let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text).to_owned();
    if let Some(scheme) = head.headers.get(WWW_AUTHENTICATE) {
        return ([(WWW_AUTHENTICATE, scheme.clone())], CallError(head.status, text)).into_response();
    }
    let allowed = head.headers.get(ALLOW).and_then(|allowed| allowed.to_str().ok());
    match allowed {
        Some(allowed) if head.status == StatusCode::METHOD_NOT_ALLOWED => {
            let why = format!("the call accepts {}, not {method}", allowed.replace(',', " or "));
            ([(ALLOW, allowed)], CallError(head.status, why)).into_response()
        }
        _ if text.is_empty() => CallError(head.status, head.status.to_string()).into_response(),
        _ => CallError(head.status, text).into_response(),
    }
}
