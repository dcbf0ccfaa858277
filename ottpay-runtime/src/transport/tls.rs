//! TLS by rustls: whose cryptography, and who vouches for a certificate.
//!
//! reqwest would bring its own choice of cryptography, or panic without one. So every client of this project gets its
//! TLS from here.

use super::TransportError;
use super::trust::Trust;

/// A client that can speak TLS if this build can: by the feature `rustls` or `aws-lc-rs` as set up here, by `native-tls` as
/// reqwest does it.
///
/// # Errors
/// [`TransportError`] if the certificates of the platform cannot be used.
pub fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, TransportError> {
    with_trust(builder, &Trust::default())
}

/// The same, and it trusts more authorities than the platform does.
///
/// # Errors
/// [`TransportError`] if the certificates of the platform, or those of the authorities, cannot be used.
pub(super) fn with_trust(
    builder: reqwest::ClientBuilder,
    trust: &Trust,
) -> Result<reqwest::ClientBuilder, TransportError> {
    #[cfg(feature = "__rustls")]
    let builder = builder.tls_backend_preconfigured(rustls_config(trust).map_err(TransportError::never)?);
    #[cfg(not(feature = "__rustls"))]
    let builder = trust.add_to(builder)?;
    Ok(builder)
}

#[cfg(feature = "__rustls")]
pub(super) fn rustls_config(trust: &Trust) -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = provider();
    let verifier = trust.build_verifier(std::sync::Arc::clone(&provider))?;
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // It is the verifier of the platform: only rustls calls everything dangerous that is not its own.
    let builder = builder.dangerous().with_custom_certificate_verifier(std::sync::Arc::new(verifier));
    let mut config = builder.with_no_client_auth();
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
