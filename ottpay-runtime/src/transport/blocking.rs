//! The blocking transport: ureq, without any feature that is wrong for a payment.

mod connector;
mod progress;
mod proxies;
mod resolver;
mod tls;

use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use ureq::config::{AutoHeaderValue, Config};
use ureq::{Agent, Body, Error, Proxy};

use self::connector::{Connect, build_connector};
use self::proxies::Proxies;
use self::resolver::Names;
use self::tls::Tls;
use super::trust::Trust;
use super::{
    BoxFuture, ERROR_BODY, ERROR_BODY_TIME, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use crate::spec::Effect;

/// The longest timeout: ureq panics if a moment is beyond the range of the clock.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long a connection may be idle before another read uses it.
const READS_IDLE: Duration = Duration::from_secs(90);

/// Posts over HTTP/1.1 on the calling thread, which blocks until there is a reply or the timeout has passed.
///
/// It uses no Tokio runtime, and starts no thread except while it resolves a host name.
///
/// Like [`HttpTransport`](super::HttpTransport), it follows no redirects, retries nothing, always checks certificates,
/// and gives each write its own connection.
///
/// It is for programs that call `.wait()`. With `.await` it blocks the thread that polls the future, and dropping the
/// future cannot abort the exchange.
///
/// At the level `trace`, `ureq_proto` logs the bytes that it receives. A reply without an envelope may contain a
/// payment link, so keep that level off for `ureq_proto`.
#[derive(Debug, Clone)]
pub struct BlockingTransport {
    reads: Agent,
    /// Present only if a write may use the connection of an earlier request.
    writes: Option<Agent>,
    config: Config,
    connect: Connect,
    proxies: Proxies,
}

impl BlockingTransport {
    /// Creates a transport that stops resolving a name, and then connecting, after `connect_timeout`.
    ///
    /// `direct` ignores the environment's proxy, as is right for loopback hosts. `reuse_for_writes` lets a write
    /// use a connection that has been idle for at most this long.
    ///
    /// # Errors
    /// [`TransportError`] if the TLS library cannot be set up.
    pub fn new(
        connect_timeout: Duration,
        direct: bool,
        reuse_for_writes: Option<Duration>,
    ) -> Result<Self, TransportError> {
        Self::with_trust(connect_timeout, direct, reuse_for_writes, &Trust::default())
    }

    /// Like [`BlockingTransport::new`], but trusts more authorities than the platform does.
    ///
    /// # Errors
    /// Those of [`BlockingTransport::new`].
    pub(crate) fn with_trust(
        connect_timeout: Duration,
        direct: bool,
        reuse_for_writes: Option<Duration>,
        trust: &Trust,
    ) -> Result<Self, TransportError> {
        let connect = build_connector(Tls::new(trust)?);
        let limit = Some(connect_timeout.min(LONGEST));
        let configure = |idle| {
            let settings = Config::builder()
                // Errors and redirects are returned as replies, so that the client reports their status and text.
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                // Set for each request instead.
                .proxy(None)
                .user_agent(AutoHeaderValue::None)
                .accept_encoding(AutoHeaderValue::None)
                .timeout_resolve(limit)
                .timeout_connect(limit);
            settings.max_idle_age(idle).build()
        };
        let agent = |idle| Agent::with_parts(configure(idle), connect.clone(), Names);
        Ok(Self {
            reads: agent(READS_IDLE),
            writes: reuse_for_writes.map(agent),
            config: configure(Duration::ZERO),
            proxies: Proxies::new(direct),
            connect,
        })
    }

    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let proxy = self.proxies.find(&request.url)?;
        match (request.effect, &self.writes) {
            (Effect::Read, _) => exchange(&self.reads, false, request, proxy),
            (Effect::Write, Some(shared)) => exchange(shared, false, request, proxy),
            // A separate agent has a separate connection, which ends with it.
            (Effect::Write, None) => {
                let alone = Agent::with_parts(self.config.clone(), self.connect.clone(), Names);
                exchange(&alone, true, request, proxy)
            }
        }
    }
}

impl Transport for BlockingTransport {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            // ureq asserts much about what it has read. A panic must not hide that the request was sent.
            let done = catch_unwind(AssertUnwindSafe(|| self.exchange(&request)));
            done.unwrap_or_else(|_| Err(TransportError::lost("the HTTP library panicked")))
        })
    }
}

/// Posts with this agent. `is_alone` if this is the agent's only request.
fn exchange(
    agent: &Agent,
    is_alone: bool,
    request: &HttpRequest,
    proxy: Option<Proxy>,
) -> Result<HttpResponse, TransportError> {
    progress::begin(is_alone);
    let post = agent.post(&*request.url);
    let post = request.headers().into_iter().fold(post, |post, (name, value)| post.header(name, value));
    let sent =
        post.config().proxy(proxy).timeout_global(Some(request.timeout.min(LONGEST))).build().send(&*request.body);
    let (head, body) = sent.map_err(classify)?.into_parts();
    let body = if head.status.is_success() {
        read_body(body, request.max_reply)?
    } else {
        // Only people read this body, so what arrives at once is enough, and an error in it does not matter.
        progress::stop_reading_at(Instant::now() + ERROR_BODY_TIME);
        // A part is discarded: it may end in the middle of a sensitive value, which would then not be recognised.
        read_body(body, ERROR_BODY.min(request.max_reply)).unwrap_or_default()
    };
    Ok(HttpResponse { status: head.status.as_u16(), body })
}

/// Reads a body to its end, or fails if it is longer than the limit.
fn read_body(body: Body, limit: usize) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    // One more byte shows that the body is longer than the limit.
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = body.into_reader().take(one_more).read_to_end(&mut bytes);
    read.map_err(|error| classify(error.into()))?;
    if bytes.len() > limit { Err(TransportError::too_large(limit)) } else { Ok(bytes) }
}

/// Classifies an error: only one before there was a connection, or in the request itself, proves that nothing was sent.
fn classify(error: Error) -> TransportError {
    let kind = match error {
        Error::BadUri(_) | Error::Http(_) | Error::InvalidProxyUrl | Error::TlsRequired => TransportErrorKind::Never,
        Error::HostNotFound => TransportErrorKind::NotSent,
        Error::Timeout(_) if progress::is_unsent() => {
            return TransportError::no_connection_in_time(error);
        }
        _ if progress::is_unsent() => TransportErrorKind::NotSent,
        Error::Timeout(_) => TransportErrorKind::TimedOut,
        _ => TransportErrorKind::Lost,
    };
    match error {
        // ureq's errors have no `source()`.
        Error::Io(cause) => TransportError::new(kind, "the connection failed").caused_by(cause),
        Error::Other(cause) => TransportError::new(kind, "the connection failed").caused_by(cause),
        error => TransportError::new(kind, error),
    }
}
