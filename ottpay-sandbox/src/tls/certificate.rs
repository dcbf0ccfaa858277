//! A certificate with its key and the authority that signed it.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A certificate with its key and the authority that signed it, as Base64 of DER.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Certificate {
    /// The host names and IP addresses in the certificate.
    pub(super) names: BTreeSet<String>,
    /// When the certificate was issued and when it expires, in seconds since 1970.
    pub(super) made: u64,
    pub(super) expires: u64,
    /// The certificate of the authority.
    pub(super) authority: String,
    pub(super) certificate: String,
    /// The private key in PKCS #8.
    pub(super) key: String,
}

/// How long before its expiry a certificate is replaced, in seconds, because a sandbox may run for days.
const SPARE: u64 = 14 * 24 * 3600;

impl Certificate {
    /// Returns whether the certificate contains all of these names and does not expire soon.
    pub(super) fn is_valid_for(&self, names: &BTreeSet<String>, now: u64) -> bool {
        self.names.is_superset(names) && self.made <= now && now.saturating_add(SPARE) < self.expires
    }

    /// Returns the certificate of the authority in PEM.
    pub(super) fn authority_pem(&self) -> String {
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        let mut rest = self.authority.as_str();
        // PEM has lines of 64 characters.
        while let Some((line, more)) = rest.split_at_checked(64) {
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        if !rest.is_empty() {
            pem.push_str(rest);
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    /// Converts the certificate for the server.
    ///
    /// # Errors
    /// The certificate cannot be read, or the key does not belong to it.
    pub(super) fn to_server_tls(&self) -> Result<ottpay_server::Tls, String> {
        let decode = |text: &String| STANDARD.decode(text).map_err(|error| error.to_string());
        ottpay_server::Tls::new(decode(&self.certificate)?, decode(&self.key)?).map_err(|error| error.to_string())
    }
}

/// Omits the key.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("names", &self.names)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
