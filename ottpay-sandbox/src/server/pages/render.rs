//! Renders a page, or the reason why that failed.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use crate::line::escape_lines;

/// Pages do not load anything from other sites or send anything to them.
// `unsafe-inline` allows the style and the script that each page contains.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn render_page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let headers = [
                (CONTENT_TYPE, "text/html; charset=utf-8"),
                (CONTENT_SECURITY_POLICY, POLICY),
                (CACHE_CONTROL, "no-store"),
            ];
            (status, headers, html).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Renders a text file for download. It is safe to print on a terminal.
pub(super) fn render_text(name: &str, template: &impl Template) -> Response {
    render_attachment(name, "text/plain; charset=utf-8", template.render().map(|text| escape_lines(&text)))
}

/// Renders a file for download.
pub(super) fn render_attachment(name: &str, kind: &'static str, rendered: askama::Result<String>) -> Response {
    match rendered {
        Ok(text) => {
            // Names consist of characters that need no escape here.
            let disposition = format!("attachment; filename=\"{name}\"");
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, [(CONTENT_DISPOSITION, disposition)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
