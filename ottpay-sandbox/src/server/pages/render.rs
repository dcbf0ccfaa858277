//! Renders a page, or the reason why there is none.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Pages load nothing from other sites, and send nothing there.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn render_page(status: StatusCode, template: &impl Template) -> Response {
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

pub(super) fn report_database(error: &rusqlite::Error) -> Response {
    let text = format!("the sandbox cannot use its database: {error}\n");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}

pub(super) fn report_unknown_order(order_id: &str) -> Response {
    (StatusCode::NOT_FOUND, format!("there is no order {order_id}\n")).into_response()
}
