//! TLS: the client talks only to a gateway whose certificate somebody vouches for, and no setting changes that.

use std::sync::Arc;

use ottpay::{Error, Outcome};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::common::{order, payment, sample};

/// A certificate for this machine, valid for a hundred years, that no authority has signed.
const SELF_SIGNED: &[u8] = include_bytes!("self_signed.pem");

#[tokio::test]
async fn a_certificate_that_no_authority_has_signed_ends_the_call_before_anything_is_sent() {
    let certificate = CertificateDer::from_pem_slice(SELF_SIGNED).unwrap();
    let key = PrivateKeyDer::from_pem_slice(SELF_SIGNED).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()));

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
