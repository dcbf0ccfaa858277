//! Certificates of peers, and the TLS server for a peer that has them.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// For this machine, valid for a hundred years, signed by [`authority`], like the next four.
pub(super) const SIGNED: &[u8] = include_bytes!("certificates/signed.pem");

/// Valid until 2021.
pub(super) const EXPIRED: &[u8] = include_bytes!("certificates/expired.pem");

/// Not valid before 2125.
pub(super) const NOT_YET_VALID: &[u8] = include_bytes!("certificates/not_yet_valid.pem");

/// For another host.
pub(super) const OTHER_NAME: &[u8] = include_bytes!("certificates/other_name.pem");

/// For clients, not for servers.
pub(super) const FOR_CLIENTS: &[u8] = include_bytes!("certificates/for_clients.pem");

/// Signed by an unknown authority.
pub(super) const OTHER_AUTHORITY: &[u8] = include_bytes!("certificates/other_authority.pem");

/// Signed by no authority.
pub(super) const SELF_SIGNED: &[u8] = include_bytes!("certificates/self_signed.pem");

/// The file of the authority, which a process reads from the path in this environment variable.
pub(super) fn authority() -> (&'static str, PathBuf) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/hostile/certificates/authority.pem");
    ("SSL_CERT_FILE", file.into())
}

/// Terminates TLS for a peer that has the certificate and the key of a PEM file.
pub(super) fn acceptor(pem: &[u8]) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate], key).unwrap();
    // The client supports only the last one, whatever it is offered.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
