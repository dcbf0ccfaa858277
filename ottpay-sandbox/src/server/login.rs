//! The login page, which exchanges the control token for a browser session.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::pages::render_page;
use super::unserved::refuse_request;
use crate::control_access::ControlAccess;
use crate::engine::Engine;

/// The path of the page.
pub(super) const LOGIN_PATH: &str = "/sandbox/login";

/// The session cookie.
const SESSION: &str = "ottpay-sandbox-session";

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    problem: Option<String>,
}

/// The fields of the form. They do not implement `Debug`, because the token is a secret.
#[derive(Deserialize)]
pub(super) struct Sent {
    token: String,
}

pub(super) async fn show_login(State(engine): State<Arc<Engine>>) -> Response {
    match engine.control_access() {
        Some(_) => render_page(StatusCode::OK, &Login { problem: None }),
        None => report_no_token(&engine).await,
    }
}

/// Starts a browser session. Neither the cookie nor any URL contains the token.
pub(super) async fn log_in(State(engine): State<Arc<Engine>>, Form(sent): Form<Sent>) -> Response {
    let Some(access) = engine.control_access() else { return report_no_token(&engine).await };
    if !access.is_token(sent.token.trim()) {
        let (status, problem) = match access.delay_answer().await {
            Ok(()) => (StatusCode::UNAUTHORIZED, "this is not the control token".to_owned()),
            Err(crowded) => (StatusCode::TOO_MANY_REQUESTS, crowded.to_string()),
        };
        engine.keep_unserved(LOGIN_PATH, status.as_u16(), &problem).await;
        return render_page(status, &Login { problem: Some(problem) });
    }
    // Over plain HTTP a browser would not store a `Secure` cookie.
    let secure = if engine.endpoint().starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{SESSION}={}; Path=/sandbox; HttpOnly; SameSite=Strict{secure}", access.session());
    ([(SET_COOKIE, cookie)], Redirect::to("/sandbox")).into_response()
}

async fn report_no_token(engine: &Engine) -> Response {
    let why = "the sandbox was started without a control token; only this machine can control it";
    refuse_request(engine, LOGIN_PATH, StatusCode::NOT_FOUND, why).await
}

/// Returns whether one of the cookies is the session.
pub(super) fn has_session(headers: &HeaderMap, access: &ControlAccess) -> bool {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .any(|(name, value)| name == SESSION && access.is_session(value))
}
