//! The default transport: reqwest, without any feature that is wrong for a payment.

use std::time::Duration;

use super::connecting::{Connecting, Watch};
use super::network::Network;
use super::tls::Tls;
use super::trust::Trust;
use super::{
    BoxFuture, ERROR_BODY, ERROR_BODY_TIME, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use crate::spec::Effect;

/// Posts over HTTP/1.1. Redirects are not followed, nothing is retried, and certificates are always checked.
///
/// Each write has its own connection. The gateway may close a kept-alive connection just as it is reused, whatever its
/// age, and then it is unknown whether the request was carried out. Reads change nothing, so they share connections.
///
/// A separate thread does the network's work, one for all transports of the process. So a transport needs no Tokio
/// runtime, can serve several of them, and its timeouts are real time even in a test that has paused Tokio's clock.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    reads: reqwest::Client,
    writes: reqwest::Client,
    /// Whether a write may use the connection of an earlier request.
    reuses_for_writes: bool,
    network: Network,
}

impl HttpTransport {
    /// Whether this build supports TLS (feature `rustls`, `aws-lc-rs` or `native-tls`).
    pub const TLS: bool = cfg!(any(feature = "__rustls", feature = "native-tls"));

    /// Creates a transport that stops connecting after `connect_timeout`.
    ///
    /// `direct` ignores the environment's proxy, as is right for loopback hosts. `reuse_for_writes` lets a write
    /// use a connection that has been idle for at most this long.
    ///
    /// # Errors
    /// [`TransportError`] if the TLS library cannot be set up, or the system cannot start a thread.
    pub fn new(
        connect_timeout: Duration,
        direct: bool,
        reuse_for_writes: Option<Duration>,
    ) -> Result<Self, TransportError> {
        Self::with_trust(connect_timeout, direct, reuse_for_writes, &Trust::default())
    }

    /// Like [`HttpTransport::new`], but trusts more authorities than the platform does.
    ///
    /// # Errors
    /// Those of [`HttpTransport::new`].
    pub(crate) fn with_trust(
        connect_timeout: Duration,
        direct: bool,
        reuse_for_writes: Option<Duration>,
        trust: &Trust,
    ) -> Result<Self, TransportError> {
        let tls = Tls::new(trust)?;
        let build = |builder: reqwest::ClientBuilder| {
            tls.add_to(builder).build().map_err(|error| with_cause(TransportError::never, error))
        };
        let builder = || Self::builder(connect_timeout, direct);
        Ok(Self {
            reads: build(builder())?,
            writes: build(match reuse_for_writes {
                Some(idle) => builder().pool_idle_timeout(idle),
                // No connection is kept, so each write makes one, which `Watch` records.
                None => builder().pool_max_idle_per_host(0).connector_layer(Watch),
            })?,
            reuses_for_writes: reuse_for_writes.is_some(),
            network: Network::start()?,
        })
    }

    fn builder(connect_timeout: Duration, direct: bool) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            // A write is never sent twice, not even if its connection was closed before a reply.
            .retry(reqwest::retry::never())
            // Another crate of the program may enable HTTP/2 and compression in reqwest.
            .http1_only()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        if direct { builder.no_proxy() } else { builder }
    }

    /// Posts on a separate connection: if the timeout ends before it is made, nothing was sent.
    async fn exchange_alone(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let connecting = Connecting::default();
        let result = connecting.watch(Self::exchange(client, request)).await;
        result.map_err(|error| match error.kind() {
            TransportErrorKind::TimedOut if connecting.is_unfinished() => TransportError::no_connection_in_time(error),
            _ => error,
        })
    }

    async fn exchange(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let post = client.post(&*request.url).timeout(request.timeout);
        let post = request.headers().into_iter().fold(post, |post, (name, value)| post.header(name, value));
        let sent = post.body(request.body).send().await;
        let response = sent.map_err(classify)?;
        let status = response.status();
        let body = if status.is_success() {
            read_body(response, request.max_reply).await?
        } else {
            // Only people read this body, so what arrives at once is enough, and an error in it does not matter.
            let reading = read_body(response, ERROR_BODY.min(request.max_reply));
            let whole = tokio::time::timeout(ERROR_BODY_TIME, reading).await;
            // A part is discarded: it may end in the middle of a sensitive value, which would then not be recognised.
            whole.ok().and_then(Result::ok).unwrap_or_default()
        };
        Ok(HttpResponse { status: status.as_u16(), body })
    }
}

impl Transport for HttpTransport {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        match request.effect {
            Effect::Read => Box::pin(self.network.run(Self::exchange(self.reads.clone(), request))),
            // A kept connection is not recorded, so here a timeout never proves that nothing was sent.
            Effect::Write if self.reuses_for_writes => {
                Box::pin(self.network.run(Self::exchange(self.writes.clone(), request)))
            }
            Effect::Write => Box::pin(self.network.run(Self::exchange_alone(self.writes.clone(), request))),
        }
    }
}

/// Reads a body to its end, or fails if it is longer than the limit.
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

/// Classifies an error: only one while connecting, or in the request itself, proves that nothing was sent.
fn classify(error: reqwest::Error) -> TransportError {
    // A timeout while connecting is both `is_connect` and `is_timeout`. Nothing was sent then, so the order matters.
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

/// Returns the error with its cause, without the URL.
fn with_cause(kind: fn(String) -> TransportError, error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    kind(error.to_string()).caused_by(error)
}
