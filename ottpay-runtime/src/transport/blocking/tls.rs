//! TLS between ureq and the connection, with the same setup as in the default transport.

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
mod native;
#[cfg(not(any(feature = "native-tls", feature = "__rustls")))]
mod none;
#[cfg(feature = "__rustls")]
mod rustls;
mod secured;

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
use self::native::Library;
#[cfg(not(any(feature = "native-tls", feature = "__rustls")))]
use self::none::Library;
#[cfg(feature = "__rustls")]
use self::rustls::Library;
use self::secured::Secured;

use ureq::Error;
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{ConnectionDetails, Connector, Either, NextTimeout, Transport, TransportAdapter};

use crate::transport::TransportError;
use crate::transport::trust::Trust;

/// Adds TLS to connections whose URL requires it.
#[derive(Debug)]
pub(super) struct Tls(Library);

impl Tls {
    /// # Errors
    /// The platform's certificates cannot be used, or a certificate to trust is not that of an authority.
    pub(super) fn new(trust: &Trust) -> Result<Self, TransportError> {
        Library::new(trust).map(Self)
    }
}

impl<In: Transport> Connector<In> for Tls {
    type Out = Either<In, Secured>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        match chained {
            Some(transport) if details.needs_tls() && !transport.is_tls() => {
                let host = details.uri.host().ok_or(Error::HostNotFound)?.trim_matches(['[', ']']);
                let clock = details.current_time.clone();
                let mut adapter = TransportAdapter::new(transport.boxed(), clock);
                adapter.set_timeout(find_rest(details));
                let stream = self.0.shake_hands(host, adapter)?;
                Ok(Some(Either::B(Secured::new(stream, details.config))))
            }
            other => Ok(other.map(Either::A)),
        }
    }
}

/// Returns the rest of the time limit for connecting.
fn find_rest(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (Duration::Exact(after), Instant::Exact(start), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        timeout.after = Duration::Exact(after.saturating_sub(now.saturating_duration_since(start)));
    }
    timeout
}
