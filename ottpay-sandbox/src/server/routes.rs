//! The routes of the server, and their guards.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use axum::{Router, middleware};

use super::{control, gateway, guard, login, pages};
use crate::engine::Engine;

pub(super) fn build_router(engine: Arc<Engine>) -> Router {
    // Around the nested routes, so that the guard sees the complete path.
    let inside = Router::new()
        // `nest` does not serve its own path with a slash at the end.
        .route("/sandbox/", get(async || Redirect::permanent("/sandbox")))
        .nest("/sandbox", pages::developer_router().merge(control::control_router()))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), guard::require_control_access));
    let app = Router::new()
        .merge(inside)
        .merge(
            pages::buyer_router().layer(middleware::from_fn_with_state(Arc::clone(&engine), guard::require_known_host)),
        )
        // For programs on any machine that start or monitor the sandbox: the reply does not contain anything else.
        .route("/sandbox/ready", get(control::report_ready))
        .route(login::LOGIN_PATH, get(login::show_login).post(login::log_in))
        // Browsers request it automatically, so it should not appear as a refused request.
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .fallback(gateway::answer_request)
        // `read_whole_body` has its own limit. The layers run from the last to the first, so a cross-origin request is
        // rejected before its body is read.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), guard::read_whole_body))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), guard::reject_cross_origin))
        .with_state(engine);
    // Around everything, because a router sets the allowed methods last.
    Router::new().fallback_service(app).layer(middleware::from_fn(control::report_errors_as_json))
}
