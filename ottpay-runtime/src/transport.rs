//! HTTP as a trait with one method, so that tests and unusual networks can supply their own.

#[cfg(feature = "blocking")]
mod blocking;
mod clock;
mod connecting;
mod http;
mod network;
mod tls;
mod trust;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::spec::Effect;

#[cfg(feature = "blocking")]
pub use blocking::BlockingTransport;
pub(crate) use clock::Clock;
pub use http::HttpTransport;
#[doc(hidden)]
pub use tls::with_tls;
pub(crate) use trust::{NotPem, Trust};

/// The largest body of an HTTP error in bytes; a longer one is discarded whole.
const ERROR_BODY: usize = 16 * 1024;

/// How long to wait for the body of an HTTP error.
const ERROR_BODY_TIME: Duration = Duration::from_secs(1);

/// A boxed future, as [`Transport::post`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Posts one request and returns the reply. Called once for each request; it must not retry.
///
/// ```
/// # extern crate ottpay_runtime as ottpay;
/// use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
///
/// /// A gateway that is always down.
/// struct Down;
///
/// impl Transport for Down {
///     fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
///         Box::pin(async { Ok(HttpResponse { status: 503, body: Vec::new() }) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Posts the request. The future must end within [`HttpRequest::timeout`] and must not read more than
    /// [`HttpRequest::max_reply`] bytes.
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        T::post(self, request)
    }
}

/// A request to be posted.
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// The URL.
    pub url: Arc<str>,
    /// Whether it may move money. If a write is lost on a reused connection, its outcome is unknown.
    pub effect: Effect,
    /// The value of the header `Content-Type`.
    pub content_type: &'static str,
    /// The value of the header `User-Agent`.
    pub user_agent: Arc<str>,
    /// The body.
    pub body: Vec<u8>,
    /// How long the exchange may take, from the first packet to the last byte of the reply.
    pub timeout: Duration,
    /// The maximum size of the reply's body in bytes.
    pub max_reply: usize,
}

impl HttpRequest {
    /// Returns the headers that both transports of this crate send.
    pub(crate) fn headers(&self) -> [(&'static str, &str); 3] {
        [("content-type", self.content_type), ("accept", "application/json"), ("user-agent", &self.user_agent)]
    }
}

/// Shows the body's length, not the body.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("url", &self.url).field("body", &self.body.len()).finish_non_exhaustive()
    }
}

/// A reply.
#[derive(Clone)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Shows the body's length, not the body.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).field("body", &self.body.len()).finish()
    }
}

/// Why a request got no reply.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    kind: TransportErrorKind,
    message: String,
    #[source]
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What is known about a request without a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// It was not sent, and a retry fails in the same way, for example because the URL is invalid or TLS is missing.
    Never,
    /// It certainly did not reach the gateway, for example because no connection was made.
    NotSent,
    /// The time limit was reached; the request may have been received.
    TimedOut,
    /// The reply is longer than the limit; the request was received.
    TooLarge,
    /// The connection broke; the request may have been received.
    Lost,
}

impl TransportErrorKind {
    /// Returns a name for metrics: `never`, `not_sent`, `timeout`, `too_large` or `lost`. It is also `error.type` in
    /// the span of the exchange.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::NotSent => "not_sent",
            Self::TimedOut => "timeout",
            Self::TooLarge => "too_large",
            Self::Lost => "lost",
        }
    }
}

impl TransportError {
    /// Creates an error for a request that certainly did not reach the gateway and would fail in the same way again.
    pub fn never(reason: impl fmt::Display) -> Self {
        Self::new(TransportErrorKind::Never, reason)
    }

    /// Creates an error for a request that certainly did not reach the gateway.
    pub fn not_sent(reason: impl fmt::Display) -> Self {
        Self::new(TransportErrorKind::NotSent, reason)
    }

    /// Creates an error for a request without a complete reply within the timeout. It may have reached the gateway.
    pub fn timed_out(reason: impl fmt::Display) -> Self {
        Self::new(TransportErrorKind::TimedOut, reason)
    }

    /// Creates an error for a reply longer than [`HttpRequest::max_reply`].
    pub fn too_large(max_reply: usize) -> Self {
        let message = format!("expected a reply of at most {max_reply} bytes, got a longer one");
        Self::new(TransportErrorKind::TooLarge, message)
    }

    /// Creates an error for anything else. The request may have reached the gateway. If in doubt, use this one.
    pub fn lost(reason: impl fmt::Display) -> Self {
        Self::new(TransportErrorKind::Lost, reason)
    }

    /// Creates an error for a timeout before there was a connection: the request certainly did not reach the gateway.
    fn no_connection_in_time(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::not_sent("the timeout expired before a connection was made").caused_by(cause)
    }

    fn new(kind: TransportErrorKind, reason: impl fmt::Display) -> Self {
        Self { kind, message: reason.to_string(), cause: None }
    }

    /// Adds the error that caused this one, as its `source()`. Its message is printed, so it must not contain a secret.
    #[must_use]
    pub fn caused_by(self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Returns what is known about the request.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Returns whether the request may have reached the gateway.
    pub fn may_have_been_sent(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::Never | TransportErrorKind::NotSent)
    }

    /// Whether another attempt may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::Never | TransportErrorKind::TooLarge)
    }

    /// Formats the message and its causes in one line, without causes whose message is already part of it.
    pub(crate) fn describe(&self) -> String {
        /// More causes than any library nests.
        const MOST: usize = 10;
        let mut line = self.message.clone();
        let causes = std::iter::successors(std::error::Error::source(self), |cause| cause.source());
        for cause in causes.take(MOST).map(ToString::to_string) {
            if !line.ends_with(&cause) {
                line.push_str(": ");
                line.push_str(&cause);
            }
        }
        line
    }
}
