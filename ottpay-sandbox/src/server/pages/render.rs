//! Renders a page, or the reason why there is none.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use crate::line::escape_lines;

/// Pages load nothing from other sites, and send nothing there.
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

/// A file of text that the browser keeps, to be read in a terminal, too.
pub(super) fn render_text(name: &str, template: &impl Template) -> Response {
    render_attachment(name, "text/plain; charset=utf-8", template.render().map(|text| escape_lines(&text)))
}

/// A file that the browser keeps.
pub(super) fn render_attachment(name: &str, kind: &'static str, rendered: askama::Result<String>) -> Response {
    match rendered {
        Ok(text) => {
            // Names are of characters that need no escape here.
            let disposition = format!("attachment; filename=\"{name}\"");
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, [(CONTENT_DISPOSITION, disposition)], text).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

pub(super) fn report_database(error: &rusqlite::Error) -> Response {
    let text = format!("the sandbox cannot use its database: {error}\n");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}

pub(super) fn report_unknown_order(order_id: &str) -> Response {
    (StatusCode::NOT_FOUND, format!("there is no order {order_id}\n")).into_response()
}
