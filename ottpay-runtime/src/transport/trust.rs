//! Certificate authorities that are trusted in addition to those of the platform.

/// The PEM contains no certificate, or an invalid one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotPem;

/// Certificate authorities that are trusted in addition to those of the platform. Ignored in a build without TLS.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    #[cfg(feature = "__rustls")]
    authorities: Vec<rustls::pki_types::CertificateDer<'static>>,
    #[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
    authorities: Vec<reqwest::Certificate>,
    #[cfg(all(feature = "blocking", feature = "native-tls", not(feature = "__rustls")))]
    pems: Vec<Vec<u8>>,
}

#[cfg(feature = "__rustls")]
impl Trust {
    /// Adds these certificates, of which there must be at least one.
    ///
    /// # Errors
    /// [`NotPem`].
    pub(crate) fn add(&mut self, pem: &[u8]) -> Result<(), NotPem> {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject as _;

        let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|_| NotPem)?;
        let is_empty = found.is_empty();
        self.authorities.extend(found);
        if is_empty { Err(NotPem) } else { Ok(()) }
    }

    /// Returns the platform's verifier, which also trusts these authorities.
    ///
    /// # Errors
    /// The platform's certificates cannot be used, or one of these is not the certificate of an authority.
    pub(super) fn build_verifier(
        &self,
        provider: std::sync::Arc<rustls::crypto::CryptoProvider>,
    ) -> Result<rustls_platform_verifier::Verifier, rustls::Error> {
        use rustls_platform_verifier::Verifier;

        // On Android, the platform's verifier accepts no further authorities.
        #[cfg(not(target_os = "android"))]
        if !self.authorities.is_empty() {
            return Verifier::new_with_extra_roots(self.authorities.iter().cloned(), provider);
        }
        Verifier::new(provider)
    }
}

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
impl Trust {
    /// Adds these certificates, of which there must be at least one.
    ///
    /// # Errors
    /// [`NotPem`].
    pub(crate) fn add(&mut self, pem: &[u8]) -> Result<(), NotPem> {
        let found = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| NotPem)?;
        let is_empty = found.is_empty();
        self.authorities.extend(found);
        #[cfg(feature = "blocking")]
        self.pems.push(pem.to_vec());
        if is_empty { Err(NotPem) } else { Ok(()) }
    }

    /// Makes the HTTP client trust these authorities as well.
    pub(super) fn add_to(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder.tls_certs_merge(self.authorities.iter().cloned())
    }

    /// Returns a connector of the platform's library, which also trusts these authorities.
    ///
    /// # Errors
    /// The library cannot be set up, or a certificate cannot be read.
    #[cfg(feature = "blocking")]
    pub(super) fn build_native_connector(&self) -> Result<native_tls::TlsConnector, native_tls::Error> {
        let mut builder = native_tls::TlsConnector::builder();
        for pem in &self.pems {
            for authority in native_tls::Certificate::stack_from_pem(pem)? {
                builder.add_root_certificate(authority);
            }
        }
        builder.build()
    }
}

#[cfg(not(any(feature = "native-tls", feature = "__rustls")))]
impl Trust {
    /// Checks that there is a certificate.
    ///
    /// # Errors
    /// [`NotPem`].
    pub(crate) fn add(&mut self, pem: &[u8]) -> Result<(), NotPem> {
        const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
        if pem.windows(BEGIN.len()).any(|part| part == BEGIN) { Ok(()) } else { Err(NotPem) }
    }

    pub(super) fn add_to(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder
    }
}
