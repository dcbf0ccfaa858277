//! The default transport: reqwest, with everything off that a payment does not want.

use std::error::Error as _;
use std::time::Duration;

use super::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};

/// Posts over HTTP/1.1, inside a Tokio runtime. Redirects are not followed, nothing is repeated, certificates are always
/// checked.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// Whether this build can speak TLS (feature `rustls` or `native-tls`).
    pub const TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

    /// A transport that gives up on a connection after `connect_timeout`. `direct` ignores the proxy of the
    /// environment, as is right for loopback hosts.
    ///
    /// # Errors
    /// [`TransportError`] if the TLS library cannot be set up.
    pub fn new(connect_timeout: Duration, direct: bool) -> Result<Self, TransportError> {
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
        let builder = if direct { builder.no_proxy() } else { builder };
        Ok(Self { client: builder.build().map_err(|error| TransportError::not_sent(chain(error)))? })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        // reqwest would panic.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::not_sent("the default transport needs a Tokio runtime around it"));
        }
        let sent = self
            .client
            .post(&request.url)
            .header("content-type", request.content_type)
            .header("accept", "application/json")
            .header("user-agent", request.user_agent)
            .timeout(request.timeout)
            .body(request.body)
            .send()
            .await;
        let mut response = sent.map_err(classify)?;
        let status = response.status();
        let mut body = Vec::new();
        if !status.is_success() {
            // What is not from the gateway is not read.
            return Ok(HttpResponse { status: status.as_u16(), body });
        }
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if chunk.len() > request.max_reply.saturating_sub(body.len()) {
                return Err(TransportError::too_large(request.max_reply));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status: status.as_u16(), body })
    }
}

impl Transport for HttpTransport {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// Only an error in making the connection, or in the request itself, proves that nothing was sent.
fn classify(error: reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        TransportError::not_sent(chain(error))
    } else if error.is_timeout() {
        TransportError::timed_out(chain(error))
    } else {
        TransportError::lost(chain(error))
    }
}

/// The error with its causes, without the address.
fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
