//! TLS by rustls: whose cryptography, and who vouches for a certificate.
//!
//! reqwest would bring its own choice of cryptography, or panic without one. So every client of this project gets its
//! TLS from here.

use super::TransportError;

/// A client that can speak TLS if this build can: by the feature `rustls` or `aws-lc-rs` as set up here, by `native-tls` as
/// reqwest does it.
///
/// # Errors
/// [`TransportError`] if the certificates of the platform cannot be used.
pub fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, TransportError> {
    #[cfg(feature = "__rustls")]
    let builder = builder.tls_backend_preconfigured(rustls_config().map_err(TransportError::never)?);
    Ok(builder)
}

#[cfg(feature = "__rustls")]
fn rustls_config() -> Result<rustls::ClientConfig, rustls::Error> {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let builder = rustls::ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let mut config = builder.with_platform_verifier()?.with_no_client_auth();
    // The transport speaks nothing else.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What the program has chosen for all of its TLS, else what the features say.
#[cfg(feature = "__rustls")]
fn provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    use rustls::crypto::aws_lc_rs::default_provider;
    #[cfg(not(feature = "aws-lc-rs"))]
    use rustls::crypto::ring::default_provider;

    let chosen = rustls::crypto::CryptoProvider::get_default().cloned();
    chosen.unwrap_or_else(|| std::sync::Arc::new(default_provider()))
}
