//! The HTTP server that callbacks are posted to.

use std::io;
use std::net::SocketAddr;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use ottpay_server::{BodyError, read_whole};
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::{address, input, stderr};

/// Serves until the task is aborted. The fallback of `app` receives every request, for any path, with its whole body.
/// `note` is printed after the URL; `reached` names what other machines can reach.
pub(super) async fn serve(listen: SocketAddr, app: Router, note: Option<&str>, reached: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(|error| Failure::cannot_listen(listen, &error))?;
    let bound = listener.local_addr().map_err(|error| Failure::cannot_listen(listen, &error))?;
    stderr::print_line(format_args!("listening on http://{bound}"));
    if let Some(note) = note {
        stderr::print_line(note);
    }
    address::warn_unless_loopback(bound, reached);
    let app = app.layer(DefaultBodyLimit::disable()).layer(middleware::from_fn(read_whole_body));
    // The last layer runs first: the body of a request that is not a POST is not read.
    let app = app.layer(middleware::from_fn(reject_unless_posted));
    ottpay_server::serve(vec![listener], app, report_unaccepted).await;
    Ok(())
}

/// Reports connections that could not be accepted.
fn report_unaccepted(error: &io::Error, count: u64) {
    let connections = if count == 1 { "a connection".to_owned() } else { format!("{count} connections") };
    stderr::print_line(format_args!("error: {connections} could not be accepted: {error}"));
}

/// Reads a request before it is handled, within limits of size and time.
async fn read_whole_body(request: Request, next: Next) -> Response {
    match read_whole(request, usize::try_from(input::LIMIT).unwrap_or(usize::MAX)).await {
        Ok(request) => next.run(request).await,
        Err(error @ BodyError::TooLarge { .. }) => {
            (error.status(), reject_request("callbacks of OTT Pay are smaller than 1 MiB")).into_response()
        }
        Err(error) => (error.status(), reject_request(&error.to_string())).into_response(),
    }
}

async fn reject_unless_posted(request: Request, next: Next) -> Response {
    if request.method() == Method::POST {
        return next.run(request).await;
    }
    let why = format!("expected a POST, found {}", shorten_method(request.method()));
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")], reject_request(&why)).into_response()
}

/// Reports why a request is not a callback, and returns the reason as a body, because it is not secret.
fn reject_request(why: &str) -> String {
    stderr::print_line(format_args!("error: rejected a request: {why}"));
    format!("{why}\n")
}

/// Shortens a method, which a client can choose freely.
fn shorten_method(method: &Method) -> String {
    method.as_str().chars().take(20).collect()
}
