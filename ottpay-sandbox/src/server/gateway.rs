//! The gateway itself: each known path takes every action that is sealed, as an action may be sent to several; links are
//! opened.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use ottpay::info::ActionInfo;
use tokio_stream::StreamExt as _;

use super::{Break, guard};
use crate::check;
use crate::engine::{Engine, Refusal};
use crate::fault::{Fault, Trouble};
use crate::reply;

pub(super) async fn answer(
    State(engine): State<Arc<Engine>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_path = engine.gateway.paths.contains(&uri.path());
    let link = check::link(engine.gateway, uri.path()).filter(|_| method == Method::GET);
    match link {
        Some(info) if guard::is_visit(&headers) => open(engine, info, uri).await,
        // To open a link makes an order: a picture or a frame in somebody's page must not.
        Some(_) => {
            let why = "a link is for the buyer's browser to go to; it is no part of a page\n";
            (StatusCode::FORBIDDEN, why).into_response()
        }
        None if is_path && method == Method::POST => post(engine, uri, body).await,
        None if is_path => {
            let why = format!("{} takes POST, and not {method}\n", uri.path());
            (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")], why).into_response()
        }
        None => not_found(&engine),
    }
}

fn not_found(engine: &Engine) -> Response {
    let paths = engine.gateway.paths.join(", ");
    (StatusCode::NOT_FOUND, format!("no such path; the gateway has {paths}, its inside is at /sandbox\n"))
        .into_response()
}

async fn post(engine: Arc<Engine>, uri: Uri, body: Bytes) -> Response {
    // The database may have to wait for the disk.
    let answered = tokio::task::spawn_blocking(move || engine.answer(uri.path(), &body)).await;
    let Ok(response) = answered else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let whole = |body: Vec<u8>| ([(CONTENT_TYPE, "application/json")], body).into_response();
    match response.trouble {
        Some(Trouble { fault: Fault::Truncate, .. }) => half(&response.body),
        trouble => troubled(trouble, whole(response.body)).await,
    }
}

/// The reply, after what is to go wrong with it.
async fn troubled(trouble: Option<Trouble>, whole: Response) -> Response {
    let Some(Trouble { fault, delay, .. }) = trouble else { return whole };
    match fault {
        Fault::DropBefore | Fault::DropAfter => broken(Break::Close),
        Fault::Reset => broken(Break::Reset),
        Fault::BadGateway => {
            let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
            (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], page).into_response()
        }
        Fault::Delay => {
            tokio::time::sleep(delay).await;
            whole
        }
        _ => whole,
    }
}

/// A reply of which one half arrives.
fn half(body: &[u8]) -> Response {
    let sent = body.get(..body.len() / 2).unwrap_or_default().to_vec();
    let parts = [Ok(sent), Err(std::io::Error::other("broken off on demand"))];
    // The pause lets the first half leave before the connection ends.
    let parts = tokio_stream::iter(parts).throttle(Duration::from_millis(50));
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_LENGTH, body.len().to_string())];
    (headers, Body::from_stream(parts)).into_response()
}

fn broken(kind: Break) -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(kind);
    response
}

/// The vendor does not say what a buyer sees behind a link; here it is the page on which he pays.
async fn open(engine: Arc<Engine>, info: &'static ActionInfo, uri: Uri) -> Response {
    let opened = tokio::task::spawn_blocking(move || {
        let (order, trouble) = engine.open_link(info, uri.query().unwrap_or_default());
        (order.map(|order| reply::payment_link(&engine, &order)), trouble)
    });
    let Ok((opened, trouble)) = opened.await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let whole = match opened {
        Ok(page) => Redirect::to(&page).into_response(),
        Err(Refusal { code, message }) => (StatusCode::BAD_REQUEST, format!("{code}: {message}\n")).into_response(),
    };
    troubled(trouble, whole).await
}
