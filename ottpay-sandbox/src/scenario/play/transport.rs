//! Connects the client of a scenario to the engine directly, so that neither the address nor TLS matters.

use std::sync::Arc;

use axum::http::Uri;
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};

use crate::engine::{Engine, Post, Response};
use crate::fault::Arrival;

/// Passes requests to the engine in the same process.
pub(super) struct InProcess(pub(super) Arc<Engine>);

impl Transport for InProcess {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let path = request.url.parse::<Uri>().map_err(TransportError::never)?.path().to_owned();
            let content_type = Some(request.content_type.to_owned());
            let post = Post { path, has_query: false, content_type, body: request.body.into() };
            let Response { status, body, fault, .. } = self.0.answer(post).await;
            let Some(planned) = fault else { return Ok(HttpResponse { status, body }) };
            let name = planned.fault.name();
            match planned.fault.arrival() {
                Arrival::Whole | Arrival::Altered | Arrival::Unsorted => Ok(HttpResponse { status, body }),
                Arrival::Late if planned.delay < request.timeout => {
                    tokio::time::sleep(planned.delay).await;
                    Ok(HttpResponse { status, body })
                }
                Arrival::Late => {
                    tokio::time::sleep(request.timeout).await;
                    Err(TransportError::timed_out(format_args!("no reply in time because of the fault {name}")))
                }
                Arrival::Closed | Arrival::Reset | Arrival::Truncated => {
                    Err(TransportError::lost(format_args!("the connection was closed because of the fault {name}")))
                }
                Arrival::BadGateway => Ok(HttpResponse { status: 502, body: b"<html></html>".to_vec() }),
            }
        })
    }
}
