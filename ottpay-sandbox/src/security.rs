//! How clients connect to a sandbox, and whom they have to trust for that.

use std::fs::File;
use std::path::PathBuf;

/// How clients connect.
pub(crate) enum Security {
    /// By TCP alone.
    Plain,
    /// By TLS.
    #[cfg(feature = "tls")]
    Tls(ottpay_server::Tls),
}

/// The authority that signed the certificate.
pub(crate) struct Authority {
    /// Its own certificate in PEM.
    pub(crate) pem: String,
    /// The file with it, if it is kept.
    pub(crate) file: Option<PathBuf>,
    /// Further names that the certificate is wanted for.
    pub(crate) names: Vec<String>,
    /// Locked, so that no other sandbox replaces the files.
    pub(crate) _in_use: Option<File>,
}

impl Security {
    /// How the addresses begin.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Plain => "http",
            #[cfg(feature = "tls")]
            Self::Tls(_) => "https",
        }
    }
}
