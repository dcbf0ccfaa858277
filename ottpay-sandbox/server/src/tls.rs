//! TLS: the certificate of a server, and the handshake with a client.

use std::io;
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// The response to a client that sends plain HTTP.
const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 42\r\n\
    connection: close\r\n\r\nthis port speaks TLS: use https://\xe2\x80\xa6\r\n";

/// A certificate that cannot be read, or a key that does not belong to it.
#[derive(Debug, thiserror::Error)]
#[error("the certificate cannot be used: {0}")]
pub struct TlsError(#[from] rustls::Error);

/// The certificate of a server, with its key.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// Creates a TLS configuration from a certificate in DER and its private key in PKCS #8, for TLS 1.2 and 1.3 and
    /// HTTP/1.1.
    ///
    /// # Errors
    /// [`TlsError`] if the certificate cannot be read or the key does not belong to it.
    pub fn new(certificate: Vec<u8>, key: Vec<u8>) -> Result<Self, TlsError> {
        // Stated, because rustls otherwise looks for a provider of the process, and panics if it finds none.
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
        let key = PrivatePkcs8KeyDer::from(key).into();
        let mut config = builder.with_single_cert(vec![CertificateDer::from(certificate)], key)?;
        // The server does not support HTTP/2.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Performs the handshake. A client that sends plain HTTP gets a response that tells it to use https.
    pub(crate) async fn accept(&self, mut stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [0];
        // Peeking leaves the byte for the handshake.
        if stream.peek(&mut first).await? == 1 && first != [HANDSHAKE] {
            stream.write_all(PLAIN).await?;
            stream.shutdown().await?;
            return Err(io::Error::other("the client does not speak TLS: the URL must begin with https://"));
        }
        self.0.accept(stream).await
    }
}

/// Omits the key.
impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
