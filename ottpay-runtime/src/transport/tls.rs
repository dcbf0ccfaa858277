//! TLS with rustls: which cryptography it uses, and which certificates it trusts.
//!
//! reqwest would bring its own cryptography, or panic without one. So every HTTP client of this project is set up here.

use super::TransportError;
use super::trust::Trust;

/// Sets up TLS in the HTTP client if the build has it: with the feature `rustls` or `aws-lc-rs` as configured here, by
/// `native-tls` as reqwest does.
///
/// # Errors
/// [`TransportError`] if the platform's certificates cannot be used.
pub fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, TransportError> {
    Ok(Tls::new(&Trust::default())?.add_to(builder))
}

/// The TLS of one or more HTTP clients, which is costly to set up: all the platform's certificates are parsed.
pub(super) struct Tls {
    #[cfg(feature = "__rustls")]
    config: rustls::ClientConfig,
    #[cfg(not(feature = "__rustls"))]
    trust: Trust,
}

impl Tls {
    /// Trusts these authorities in addition to those of the platform.
    ///
    /// # Errors
    /// [`TransportError`] if the platform's certificates, or those of the authorities, cannot be used.
    pub(super) fn new(trust: &Trust) -> Result<Self, TransportError> {
        Ok(Self {
            #[cfg(feature = "__rustls")]
            config: rustls_config(trust).map_err(TransportError::never)?,
            #[cfg(not(feature = "__rustls"))]
            trust: trust.clone(),
        })
    }

    /// Makes the HTTP client use this TLS.
    pub(super) fn add_to(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        #[cfg(feature = "__rustls")]
        let builder = builder.tls_backend_preconfigured(self.config.clone());
        #[cfg(not(feature = "__rustls"))]
        let builder = self.trust.add_to(builder);
        builder
    }
}

#[cfg(feature = "__rustls")]
pub(super) fn rustls_config(trust: &Trust) -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = crypto_provider();
    let verifier = trust.build_verifier(std::sync::Arc::clone(&provider))?;
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // This is the platform's verifier: rustls calls every verifier other than its own dangerous.
    let builder = builder.dangerous().with_custom_certificate_verifier(std::sync::Arc::new(verifier));
    let mut config = builder.with_no_client_auth();
    // The transport does not support HTTP/2.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Returns the cryptography that the program has installed as its default, else that of the features.
#[cfg(feature = "__rustls")]
fn crypto_provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    use rustls::crypto::aws_lc_rs::default_provider;
    #[cfg(not(feature = "aws-lc-rs"))]
    use rustls::crypto::ring::default_provider;

    let chosen = rustls::crypto::CryptoProvider::get_default().cloned();
    chosen.unwrap_or_else(|| std::sync::Arc::new(default_provider()))
}
