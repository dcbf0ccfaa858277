//! The default transport: reqwest, with everything off that a payment does not want.

use std::time::Duration;

use super::connecting::{Connecting, Watch};
use super::network::Network;
use super::tls::with_trust;
use super::trust::Trust;
use super::{
    BoxFuture, ERROR_BODY, ERROR_BODY_TIME, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use crate::spec::Effect;

/// Posts over HTTP/1.1. Redirects are not followed, nothing is repeated, certificates are always checked.
///
/// A write has a connection of its own. One that was kept from an earlier request may be closed by the gateway at the very
/// moment at which it is used again, and no limit on its age excludes that; whether a request on it was carried out is then
/// unknown. Reads, which are harmless, share connections.
///
/// The network's work is done on a thread of its own, the same for every transport of the process. So it needs no Tokio
/// runtime, one transport serves many of them, and limits are real time even in a test that has stopped Tokio's clock.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    reads: reqwest::Client,
    writes: reqwest::Client,
    /// Whether a write may have been sent on a connection of an earlier request.
    reuses_for_writes: bool,
    network: Network,
}

impl HttpTransport {
    /// Whether this build can speak TLS (feature `rustls`, `aws-lc-rs` or `native-tls`).
    pub const TLS: bool = cfg!(any(feature = "__rustls", feature = "native-tls"));

    /// A transport that gives up on a connection after `connect_timeout`. `direct` ignores the proxy of the
    /// environment, as is right for loopback hosts. `reuse_for_writes` lets a write use a connection that has been idle for
    /// at most this long.
    ///
    /// # Errors
    /// [`TransportError`] if the TLS library cannot be set up, or the system gives no thread.
    pub fn new(
        connect_timeout: Duration,
        direct: bool,
        reuse_for_writes: Option<Duration>,
    ) -> Result<Self, TransportError> {
        Self::with_trust(connect_timeout, direct, reuse_for_writes, &Trust::default())
    }

    /// The same, and it trusts more authorities than the platform does.
    ///
    /// # Errors
    /// Those of [`HttpTransport::new`].
    pub(crate) fn with_trust(
        connect_timeout: Duration,
        direct: bool,
        reuse_for_writes: Option<Duration>,
        trust: &Trust,
    ) -> Result<Self, TransportError> {
        let build = |builder: reqwest::ClientBuilder| {
            with_trust(builder, trust)?.build().map_err(|error| with_cause(TransportError::never, error))
        };
        let settings = || Self::settings(connect_timeout, direct);
        Ok(Self {
            reads: build(settings())?,
            writes: build(match reuse_for_writes {
                Some(idle) => settings().pool_idle_timeout(idle),
                None => settings().pool_max_idle_per_host(0).connector_layer(Watch),
            })?,
            reuses_for_writes: reuse_for_writes.is_some(),
            network: Network::start()?,
        })
    }

    fn settings(connect_timeout: Duration, direct: bool) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            // A write is never sent twice, not even on a connection that was closed under it.
            .retry(reqwest::retry::never())
            // Whatever features another crate of the program turns on in reqwest.
            .http1_only()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        if direct { builder.no_proxy() } else { builder }
    }

    /// On a connection of its own: if the limit ends before it is made, nothing was sent.
    async fn exchange_alone(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let connecting = Connecting::default();
        let result = connecting.watch(Self::exchange(client, request)).await;
        result.map_err(|error| match error.kind() {
            TransportErrorKind::TimedOut if connecting.is_unfinished() => TransportError::no_connection_in_time(error),
            _ => error,
        })
    }

    async fn exchange(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let sent = client
            .post(&*request.url)
            .header("content-type", request.content_type)
            .header("accept", "application/json")
            .header("user-agent", &*request.user_agent)
            .timeout(request.timeout)
            .body(request.body)
            .send()
            .await;
        let response = sent.map_err(classify)?;
        let status = response.status();
        let body = if status.is_success() {
            read_body(response, request.max_reply).await?
        } else {
            // For people only, so what comes at once is enough, and an error in it changes nothing.
            let reading = read_body(response, ERROR_BODY.min(request.max_reply));
            let whole = tokio::time::timeout(ERROR_BODY_TIME, reading).await;
            // A part is not kept: it may end in half of a sensitive value, which would not be recognised.
            whole.ok().and_then(Result::ok).unwrap_or_default()
        };
        Ok(HttpResponse { status: status.as_u16(), body })
    }
}

impl Transport for HttpTransport {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        match request.effect {
            Effect::Read => Box::pin(self.network.run(Self::exchange(self.reads.clone(), request))),
            Effect::Write if self.reuses_for_writes => {
                Box::pin(self.network.run(Self::exchange(self.writes.clone(), request)))
            }
            Effect::Write => Box::pin(self.network.run(Self::exchange_alone(self.writes.clone(), request))),
        }
    }
}

/// Reads a body to its end. One of more bytes than the limit is an error.
async fn read_body(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(TransportError::too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Only an error in making the connection, or in the request itself, proves that nothing was sent.
fn classify(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportError::never
    } else if error.is_connect() {
        TransportError::not_sent
    } else if error.is_timeout() {
        TransportError::timed_out
    } else {
        TransportError::lost
    };
    with_cause(kind, error)
}

/// The error with its cause, without the address.
fn with_cause(kind: fn(String) -> TransportError, error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    kind(error.to_string()).caused_by(error)
}
