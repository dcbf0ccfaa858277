//! Guards: other machines may reach the gateway and the buyer's pages, but need the token for the control interface.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use ottpay_server::read_whole;

use super::control::is_call;
use super::login::{LOGIN_PATH, has_session};
use super::site::Site;
use super::unserved::refuse_request;
use crate::control_access::ControlAccess;
use crate::engine::{CALLBACK_HEADER, Engine};

/// The maximum length of a request's body, in bytes.
const MAX_REQUEST: usize = 1024 * 1024;

/// Reads the whole request before it is handled, so that a large or slow one cannot exhaust the sandbox.
pub(super) async fn read_whole_body(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match read_whole(request, MAX_REQUEST).await {
        Ok(request) => next.run(request).await,
        Err(why) => refuse_request(&engine, &path, why.status(), &why.to_string()).await,
    }
}

/// Guards the control interface and the developer's pages.
///
/// With a control token, each request needs the token or a browser session, because requests through a reverse proxy
/// that rewrites the host look local. Without a token, only this machine is accepted: by the peer's address, by the
/// host, and by the absence of proxy headers. That also rejects another host name for this machine, and a tunnel that
/// ends here.
pub(super) async fn require_control_access(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    // `to_canonical`: a socket for both versions of IP shows `127.0.0.1` as an IPv6 address.
    let is_local = peer.ip().to_canonical().is_loopback()
        && find_site(&request).is_some_and(|site| site.is_this_machine())
        && !is_forwarded(request.headers());
    let path = request.uri().path();
    match engine.control_access() {
        // First, so that the right token never waits, however many wrong ones arrive.
        Some(access) if has_credentials(request.headers(), access) => next.run(request).await,
        None if is_local => next.run(request).await,
        Some(access) => {
            // Only wrong tokens are delayed: the session of a browser is too long to guess.
            if request.headers().contains_key(AUTHORIZATION)
                && let Err(crowded) = access.delay_answer().await
            {
                return refuse_request(&engine, path, StatusCode::TOO_MANY_REQUESTS, &crowded.to_string()).await;
            }
            // A person opened a page. A program gets the status instead.
            if request.method() == Method::GET && !is_call(path) {
                return Redirect::to(LOGIN_PATH).into_response();
            }
            let why = "the control interface requires the control token, as in `Authorization: Bearer …`";
            let response = refuse_request(&engine, path, StatusCode::UNAUTHORIZED, why).await;
            ([(WWW_AUTHENTICATE, "Bearer")], response).into_response()
        }
        None => {
            let why = "the developer's pages and the control interface are only for this machine; open them as \
                       http://127.0.0.1 without a proxy, or start the sandbox with --control-token";
            refuse_request(&engine, path, StatusCode::FORBIDDEN, why).await
        }
    }
}

/// Returns whether a proxy has added one of its headers.
fn is_forwarded(headers: &HeaderMap) -> bool {
    let is_of_proxy =
        |name: &str| matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded-");
    headers.keys().any(|name| is_of_proxy(name.as_str()))
}

/// Returns whether a request has the token or a valid browser session.
fn has_credentials(headers: &HeaderMap, access: &ControlAccess) -> bool {
    let mut given = headers.get_all(AUTHORIZATION).iter().filter_map(|given| given.to_str().ok());
    let is_token = |given: &str| {
        let token = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        token.is_some_and(|(_, token)| access.is_token(token.trim()))
    };
    given.any(is_token) || has_session(headers, access)
}

/// Guards against DNS rebinding: rejects hosts that another site could have pointed at the sandbox to read the buyer's
/// pages and submit their forms.
pub(super) async fn require_known_host(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    let public = parse_public_site(&engine);
    let is_known = |site: Site| is_known_host(&site, public.as_ref(), engine.names());
    if find_site(&request).is_some_and(is_known) {
        return next.run(request).await;
    }
    let why = "the sandbox shows its pages only under an IP address, localhost, the host of its public url or a name \
               of its certificate; start it with the public url that you use";
    refuse_request(&engine, request.uri().path(), StatusCode::FORBIDDEN, why).await
}

/// Returns whether the buyer's pages are served under this host.
fn is_known_host(site: &Site, public: Option<&Site>, names: &[String]) -> bool {
    let mut named = names.iter().filter_map(|name| Site::parse(&name.parse().ok()?));
    site.is_address()
        || site.is_this_machine()
        || public.is_some_and(|public| public.has_host_of(site))
        || named.any(|own| own.has_host_of(site))
}

/// CSRF guard: rejects cross-origin requests other than GET. It also rejects callbacks: an order whose callback URL is
/// the sandbox's own could otherwise control the sandbox from another machine.
pub(super) async fn reject_cross_origin(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    if request.headers().contains_key(CALLBACK_HEADER) {
        let why = "a callback must be posted to the shop, not to a sandbox; use another callback URL";
        return refuse_request(&engine, request.uri().path(), StatusCode::FORBIDDEN, why).await;
    }
    if request.method() != Method::GET && !is_of_own_page(&request, &engine) {
        let why = "a page of another site cannot use the sandbox";
        return refuse_request(&engine, request.uri().path(), StatusCode::FORBIDDEN, why).await;
    }
    next.run(request).await
}

/// Returns whether the browser's headers rule out that a page of another site sent this request. Other clients do not
/// send these headers.
fn is_of_own_page(request: &Request, engine: &Engine) -> bool {
    let sites = || find_site(request).into_iter().chain(parse_public_site(engine));
    let is_ours = |origin: &HeaderValue| {
        let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
        origin.is_some_and(|origin| sites().any(|site| site.is_origin(&origin)))
    };
    // A browser may omit `Origin`, but not `Sec-Fetch-Site`.
    let is_related = |relation: &HeaderValue| relation == "same-origin" || relation == "none";
    let headers = request.headers();
    headers.get_all(ORIGIN).iter().all(is_ours) && headers.get_all("sec-fetch-site").iter().all(is_related)
}

/// Returns whether a request is a visit by a person rather than a part of another page. Clients other than browsers do
/// not send these headers and count as visits.
pub(super) fn is_visit(headers: &HeaderMap) -> bool {
    let allows = |name: &str, word: &str| headers.get(name).is_none_or(|value| value == word);
    allows("sec-fetch-dest", "document") && allows("sec-fetch-mode", "navigate")
}

/// Returns the host and port of a request, if it names exactly one.
fn find_site(request: &Request) -> Option<Site> {
    let mut named = request.headers().get_all(HOST).iter();
    // Several hosts are ambiguous, so none of them is believed.
    let (name, None) = (named.next()?, named.next()) else { return None };
    let site = Site::parse(&name.to_str().ok()?.parse().ok()?)?;
    match request.uri().authority() {
        Some(target) => Site::parse(target).filter(|target| target.is_same(&site)),
        None => Some(site),
    }
}

/// Returns the host and port at which buyers reach the sandbox.
fn parse_public_site(engine: &Engine) -> Option<Site> {
    engine.public_url().parse::<Uri>().ok()?.authority().and_then(Site::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_certificate_are_known_hosts() {
        let names = ["Pay.example".to_owned(), "::1".to_owned()];
        let is_known = |host: &str, names: &[String]| {
            let site = Site::parse(&host.parse().unwrap()).unwrap();
            is_known_host(&site, None, names)
        };
        for host in ["pay.example", "PAY.example.:8081", "localhost", "192.0.2.1"] {
            assert!(is_known(host, &names), "{host}");
        }
        for host in ["evil.example", "pay.example.evil.example", "a.pay.example"] {
            assert!(!is_known(host, &names), "{host}");
        }
        assert!(!is_known("pay.example", &[]));
    }
}
