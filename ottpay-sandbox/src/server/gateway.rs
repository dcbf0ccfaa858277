//! The routes of the gateway itself: paths that accept requests, and links that a buyer opens. Each path accepts all
//! enveloped actions, because an action may be sent to several paths.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use ottpay::spec::ActionInfo;
use ottpay_server::Disconnect;
use tokio_stream::StreamExt as _;

use super::cause::with_cause;
use super::guard;
use super::unserved::refuse_request;
use crate::engine::{Engine, Post};
use crate::fault::Arrival;
use crate::planned_fault::PlannedFault;

pub(super) async fn answer_request(
    State(engine): State<Arc<Engine>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_path = engine.gateway().paths.contains(&uri.path());
    let link = engine.resolve_link(uri.path()).filter(|_| method == Method::GET);
    match link {
        Some(info) if guard::is_visit(&headers) => open_link(engine, info, uri).await,
        // Opening a link creates an order, so an image or a frame in a page must not do it.
        Some(_) => {
            let why = "the buyer's browser must open the link as a page, not inside another page";
            refuse_request(&engine, uri.path(), StatusCode::FORBIDDEN, why).await
        }
        None if is_path && method == Method::POST => {
            let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let has_query = uri.query().is_some_and(|query| !query.is_empty());
            answer_post(engine, Post { path: uri.path().to_owned(), content_type, has_query, body }).await
        }
        None if is_path => {
            let why = format!("{} accepts POST, not {method}", uri.path());
            let response = refuse_request(&engine, uri.path(), StatusCode::METHOD_NOT_ALLOWED, &why).await;
            ([(ALLOW, "POST")], response).into_response()
        }
        None => {
            let paths = engine.gateway().paths.join(", ");
            let why = format!("unknown path; the gateway has {paths}, and the developer's pages are at /sandbox");
            refuse_request(&engine, uri.path(), StatusCode::NOT_FOUND, &why).await
        }
    }
}

async fn answer_post(engine: Arc<Engine>, post: Post) -> Response {
    let response = engine.answer(post).await;
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let cause = response.cause.as_deref();
    let whole = |body: Vec<u8>| with_cause((status, [(CONTENT_TYPE, "application/json")], body).into_response(), cause);
    match response.fault.as_ref().map(|planned| planned.fault.arrival()) {
        Some(Arrival::Truncated) => truncate(&response.body),
        _ => apply_fault(response.fault, whole(response.body)).await,
    }
}

/// Applies a fault to a reply.
async fn apply_fault(fault: Option<PlannedFault>, whole: Response) -> Response {
    let Some(PlannedFault { fault, delay, .. }) = fault else { return whole };
    match fault.arrival() {
        // A wrong digest was written when the reply was sealed, and `truncate` writes a truncated reply.
        Arrival::Whole | Arrival::Altered | Arrival::Unsorted | Arrival::Truncated => whole,
        Arrival::Late => {
            tokio::time::sleep(delay).await;
            whole
        }
        Arrival::Closed => disconnect(Disconnect::Close),
        Arrival::Reset => disconnect(Disconnect::Reset),
        Arrival::BadGateway => {
            let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
            (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], page).into_response()
        }
    }
}

/// Sends the first half of a reply, and then breaks the connection.
fn truncate(body: &[u8]) -> Response {
    let sent = body.get(..body.len() / 2).unwrap_or_default().to_vec();
    let parts = [Ok(sent), Err(std::io::Error::other("aborted by a planned fault"))];
    // The pause gives the first half time to leave before the connection ends.
    let parts = tokio_stream::iter(parts).throttle(Duration::from_millis(50));
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_LENGTH, body.len().to_string())];
    (headers, Body::from_stream(parts)).into_response()
}

fn disconnect(kind: Disconnect) -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(kind);
    response
}

/// Opens a link. The vendor does not document what the buyer then sees; here it is the page on which they pay.
async fn open_link(engine: Arc<Engine>, info: &'static ActionInfo, uri: Uri) -> Response {
    let (opened, fault) = engine.open_link(info, uri.query().unwrap_or_default().to_owned()).await;
    let whole = match opened {
        Ok(order) => Redirect::to(&engine.payment_link(&order)).into_response(),
        Err(refusal) => {
            let cause = refusal.cause();
            let text = format!("{}: {cause}\n", refusal.code);
            with_cause((StatusCode::BAD_REQUEST, text).into_response(), Some(&cause))
        }
    };
    apply_fault(fault, whole).await
}
