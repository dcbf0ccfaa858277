//! No TLS in this build.

use ureq::Error;
use ureq::unversioned::transport::TransportAdapter;

use super::secured::Stream;
use crate::transport::TransportError;
use crate::transport::trust::Trust;

#[derive(Debug)]
pub(super) struct Library;

impl Library {
    pub(super) fn new(_: &Trust) -> Result<Self, TransportError> {
        Ok(Self)
    }

    pub(super) fn shake_hands(&self, _: &str, _: TransportAdapter) -> Result<Box<dyn Stream>, Error> {
        Err(Error::TlsRequired)
    }
}
