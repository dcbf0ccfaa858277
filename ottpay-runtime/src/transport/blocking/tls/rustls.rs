//! TLS with rustls.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::TransportAdapter;

use super::secured::Stream;
use crate::transport::TransportError;
use crate::transport::tls::rustls_config;
use crate::transport::trust::Trust;

#[derive(Debug)]
pub(super) struct Library(Arc<ClientConfig>);

impl Library {
    pub(super) fn new(trust: &Trust) -> Result<Self, TransportError> {
        let config = rustls_config(trust).map_err(TransportError::never)?;
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn shake_hands(&self, host: &str, mut beneath: TransportAdapter) -> Result<Box<dyn Stream>, Error> {
        let fail = |error| Error::Other(Box::new(error));
        let name = ServerName::try_from(host.to_owned()).map_err(|error| Error::Other(Box::new(error)))?;
        let mut connection = ClientConnection::new(Arc::clone(&self.0), name).map_err(fail)?;
        connection.complete_io(&mut beneath)?;
        Ok(Box::new(StreamOwned::new(connection, beneath)))
    }
}

impl Stream for StreamOwned<ClientConnection, TransportAdapter> {
    fn connection_mut(&mut self) -> &mut TransportAdapter {
        &mut self.sock
    }
}
