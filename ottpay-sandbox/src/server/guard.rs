//! Who may do what: the sandbox may be reached by others, its inside is for this machine.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{HOST, HeaderValue, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::LengthLimitError;

use crate::engine::Engine;

/// Header by which a sandbox knows callbacks of its own, and of others on this machine.
pub(crate) const CALLBACK: &str = "ottpay-sandbox-callback";

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
        Ok(Err(error)) if error.source().is_some_and(<dyn Error>::is::<LengthLimitError>) => {
            refused(StatusCode::PAYLOAD_TOO_LARGE, format!("the sandbox takes a body of at most {MAX_REQUEST} bytes"))
        }
        Ok(Err(error)) => refused(StatusCode::BAD_REQUEST, format!("the body cannot be read: {error}")),
        Err(_) => {
            let seconds = BODY_WITHIN.as_secs();
            refused(StatusCode::REQUEST_TIMEOUT, format!("the body was not sent within {seconds} seconds"))
        }
    }
}

/// Lets only this machine in, by the address that it comes from and by the name that it used: a name that somebody else
/// has pointed at this machine, or at a tunnel that ends here, is no way in.
pub(super) async fn this_machine(ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let local = |host: &Authority| match address(host) {
        Some(address) => address.to_canonical().is_loopback(),
        None => host.host() == "localhost",
    };
    if peer.ip().to_canonical().is_loopback() && host(&request).is_some_and(|host| local(&host)) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "the inside of the sandbox is for its own machine; open it as http://127.0.0.1\n")
        .into_response()
}

/// Shows the buyer's pages under names that lead here for sure, so that no page of another site can have its own name
/// pointed at the sandbox and then read and press what it likes.
pub(super) async fn known_name(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    let public = public(&engine);
    let known = |host: &Authority| {
        let is_public = public.as_ref().and_then(Uri::host).is_some_and(|name| name.eq_ignore_ascii_case(host.host()));
        address(host).is_some() || host.host() == "localhost" || is_public
    };
    if host(&request).is_some_and(|host| known(&host)) {
        return next.run(request).await;
    }
    let why = "the sandbox shows its pages under an IP address, localhost or the host of its public url only; \
               start it with the public url by which you reach it\n";
    (StatusCode::FORBIDDEN, why).into_response()
}

/// Lets no page of another site post anything by the hand of somebody who looks at it, and no callback either: whoever
/// names the sandbox itself as his address would otherwise act as if he were on this machine.
pub(super) async fn same_site(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    if request.headers().contains_key(CALLBACK) {
        let why = "callbacks go to the shop, and not to a sandbox; give another callback address\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let ours = |origin: &HeaderValue| {
        let Some(origin) = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok()) else { return false };
        let public = public(&engine).and_then(|url| url.authority().cloned());
        host(&request).into_iter().chain(public).any(|host| is_at(&origin, &host))
    };
    if request.method() != Method::GET && !request.headers().get_all(ORIGIN).iter().all(ours) {
        return (StatusCode::FORBIDDEN, "a page of another site cannot use the sandbox\n").into_response();
    }
    next.run(request).await
}

/// Whether a browser asks for this because a person goes there, and not for a part of somebody's page. Whoever is no
/// browser does not say.
pub(super) fn is_visit(headers: &HeaderMap) -> bool {
    let says = |name: &str, word: &str| headers.get(name).is_none_or(|value| value == word);
    says("sec-fetch-dest", "document") && says("sec-fetch-mode", "navigate")
}

/// The name by which the sandbox was called, if there is but one.
fn host(request: &Request) -> Option<Authority> {
    let mut named = request.headers().get_all(HOST).iter();
    let (name, None) = (named.next()?, named.next()) else { return None };
    let host: Authority = name.to_str().ok()?.parse().ok()?;
    let is_plain = !host.as_str().contains('@') && request.uri().authority().is_none_or(|target| *target == host);
    is_plain.then_some(host)
}

/// The address that buyers use.
fn public(engine: &Engine) -> Option<Uri> {
    engine.settings.public_url.parse().ok()
}

fn address(host: &Authority) -> Option<IpAddr> {
    host.host().trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a page of this origin comes from this host; a tunnel may have added TLS to it on the way.
fn is_at(origin: &Uri, host: &Authority) -> bool {
    let port = match origin.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return false,
    };
    let same_port = origin.port_u16().unwrap_or(port) == host.port_u16().unwrap_or(port);
    same_port && origin.host().is_some_and(|name| name.eq_ignore_ascii_case(host.host()))
}
