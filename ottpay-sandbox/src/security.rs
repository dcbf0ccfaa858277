//! How clients connect to a sandbox, and which authority they have to trust.

use std::fs::File;
use std::path::PathBuf;

/// The transport of a sandbox.
pub(crate) enum Security {
    /// TCP without TLS.
    Plain,
    /// TLS.
    #[cfg(feature = "tls")]
    Tls(ottpay_server::Tls),
}

/// The authority that signed the certificate of a sandbox.
pub(crate) struct Authority {
    /// The authority's own certificate, in PEM.
    pub(crate) pem: String,
    /// The file of that certificate, if it is stored.
    pub(crate) file: Option<PathBuf>,
    /// Further host names in the sandbox's certificate.
    pub(crate) names: Vec<String>,
    /// Locked, so that no other sandbox replaces the files.
    pub(crate) _in_use: Option<File>,
}

impl Security {
    /// Returns the scheme of the sandbox's URLs.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Plain => "http",
            #[cfg(feature = "tls")]
            Self::Tls(_) => "https",
        }
    }
}
