//! Who may do what: the sandbox may be reached by others, its inside is for this machine.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// The greatest request, in bytes.
const MAX_REQUEST: usize = 1024 * 1024;

/// How long a client may take for the body of a request.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// Reads a request whole, so that neither its size nor its slowness holds more than a little of the sandbox.
pub(super) async fn whole(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let refused = |status, why: String| {
        tracing::warn!(target_path = head.uri.path(), "refused: {why}");
        (status, format!("{why}\n")).into_response()
    };
    match tokio::time::timeout(BODY_WITHIN, to_bytes(body, MAX_REQUEST)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(head, Body::from(body))).await,
        // The one error that is not of the connection, where nobody hears the answer.
        Ok(Err(_)) => {
            refused(StatusCode::PAYLOAD_TOO_LARGE, format!("the sandbox takes a body of at most {MAX_REQUEST} bytes"))
        }
        Err(_) => {
            let seconds = BODY_WITHIN.as_secs();
            refused(StatusCode::REQUEST_TIMEOUT, format!("the body was not sent within {seconds} seconds"))
        }
    }
}

/// Lets only this machine in, by the address that it comes from and by the name that it used: a name that somebody else
/// has pointed at this machine is no way in.
pub(super) async fn this_machine(ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let host = text(request.headers(), HOST.as_str()).unwrap_or_default();
    if peer.ip().to_canonical().is_loopback() && is_address(host) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "the inside of the sandbox is for its own machine; open it as http://127.0.0.1\n")
        .into_response()
}

/// Lets no page of another site post anything by the hand of somebody who looks at it.
pub(super) async fn same_site(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, HOST.as_str()).unwrap_or_default();
    let foreign = |origin: &str| origin.strip_prefix("http://").is_none_or(|origin| origin != host);
    if request.method() != Method::GET && text(headers, ORIGIN.as_str()).is_some_and(foreign) {
        return (StatusCode::FORBIDDEN, "a page of another site cannot use the sandbox\n").into_response();
    }
    next.run(request).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn is_address(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    name == "localhost" || name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}
