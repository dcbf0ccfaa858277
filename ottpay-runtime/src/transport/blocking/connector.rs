//! Makes and records connections: through a proxy if there is one, and with TLS if the URL requires it.

use std::fmt;
use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};
use std::sync::Arc;

use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};
use ureq::{Error, Timeout};

use super::progress;
use super::tls::Tls;

/// A chain of ureq's connectors.
type Way = dyn Connector<Out = Box<dyn Transport>>;

/// Makes connections, and records whether there is one.
#[derive(Clone)]
pub(super) struct Connect(Arc<Way>);

/// Returns a connector that connects directly or through a proxy, with this setup of TLS.
pub(super) fn build_connector(tls: Tls) -> Connect {
    let way = ().chain(ConnectProxyConnector::default()).chain(TcpConnector::default()).chain(tls).chain(Boxed);
    Connect(Arc::new(way))
}

impl Connector for Connect {
    type Out = Watched;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Watched>, Error> {
        // The connection to a proxy is recorded too, inside that to the gateway; the last record counts.
        progress::record_no_connection();
        let made = self.0.connect(details, chained);
        match &made {
            Ok(Some(_)) => progress::record_connection(),
            _ => progress::record_no_connection(),
        }
        Ok(made?.map(Watched))
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Erases the type of a transport.
#[derive(Debug)]
struct Boxed;

impl<In: Transport> Connector<In> for Boxed {
    type Out = Box<dyn Transport>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|transport| Box::new(transport) as Self::Out))
    }
}

/// A connection that reads no longer than this thread's exchange may, and that reports a broken connection as an error.
#[derive(Debug)]
pub(super) struct Watched(Box<dyn Transport>);

impl Transport for Watched {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        if let Some(left) = progress::time_to_read() {
            if left.is_zero() {
                return Err(Error::Timeout(Timeout::RecvBody));
            }
            timeout.after = Duration::Exact(left.min(*timeout.after));
        }
        self.0.await_input(timeout).map_err(|error| match error {
            // ureq would accept each of these as the end of a body without a length, and so half a body as a whole one.
            Error::Io(error) if matches!(error.kind(), UnexpectedEof | ConnectionAborted | ConnectionReset) => {
                Error::Other(Box::new(error))
            }
            error => error,
        })
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
