//! TLS: the client talks only to a gateway whose certificate somebody vouches for, and no setting changes that.

use std::sync::Arc;

use ottpay::{Error, Outcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::common::{order, payment, sample};

/// A certificate for this machine that `authority.pem` has signed, valid for a hundred years.
const SIGNED: &[u8] = include_bytes!("signed.pem");

/// A certificate for this machine, valid for a hundred years, that no authority has signed.
const SELF_SIGNED: &[u8] = include_bytes!("self_signed.pem");

#[tokio::test]
async fn a_certificate_that_no_authority_has_signed_ends_the_call_before_anything_is_sent() {
    let acceptor = acceptor(SELF_SIGNED);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.map(drop)
    });

    let client = sample().endpoint(endpoint).build().unwrap();
    let error = client.send(&payment(&client, &order("T1"))).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
    // The gateway in between was told so, and got nothing.
    handshake.await.unwrap().unwrap_err();
}

/// In a process of its own, as the authorities of the platform are named by a variable of the environment.
#[tokio::test]
async fn a_certificate_of_a_known_authority_is_accepted() {
    const NAME: &str = "client::tls::a_certificate_of_a_known_authority_is_accepted";
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/client/authority.pem");
    if std::env::var_os("SSL_CERT_FILE").is_none_or(|file| file != authority) {
        let test = std::env::current_exe().unwrap();
        let mut child = std::process::Command::new(test);
        let output = child.args(["--exact", NAME]).env("SSL_CERT_FILE", authority).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
        return;
    }
    let acceptor = acceptor(SIGNED);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let gateway = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        let mut first = [0; 5];
        stream.read_exact(&mut first).await.unwrap();
        stream.write_all(b"HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        (first, protocol)
    });

    let client = sample().endpoint(endpoint).build().unwrap();
    let error = client.send(&payment(&client, &order("T1"))).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
    // The request came through, and the client offers nothing but HTTP/1.1.
    assert_eq!(gateway.await.unwrap(), (*b"POST ", Some(b"http/1.1".to_vec())));
}

/// What ends the TLS of a gateway that has this certificate and its key.
fn acceptor(pem: &[u8]) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
