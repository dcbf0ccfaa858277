//! TLS with the platform's own library.

use native_tls::{HandshakeError, TlsConnector, TlsStream};
use ureq::Error;
use ureq::unversioned::transport::TransportAdapter;

use super::secured::Stream;
use crate::transport::TransportError;
use crate::transport::trust::Trust;

#[derive(Debug)]
pub(super) struct Library(TlsConnector);

impl Library {
    pub(super) fn new(trust: &Trust) -> Result<Self, TransportError> {
        let connector =
            trust.build_native_connector().map_err(|error| TransportError::never(&error).caused_by(error))?;
        Ok(Self(connector))
    }

    pub(super) fn shake_hands(&self, host: &str, beneath: TransportAdapter) -> Result<Box<dyn Stream>, Error> {
        let stream = self.0.connect(host, beneath).map_err(|error| match error {
            HandshakeError::Failure(error) => Error::Other(Box::new(error)),
            // Unreachable in practice: the underlying connection blocks.
            HandshakeError::WouldBlock(_) => Error::Tls("the handshake did not complete"),
        })?;
        Ok(Box::new(stream))
    }
}

impl Stream for TlsStream<TransportAdapter> {
    fn connection_mut(&mut self) -> &mut TransportAdapter {
        self.get_mut()
    }
}
