//! The TLS settings of a sandbox.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::folder::{Kept, open_certificate};
use super::issue::issue_certificate;
use crate::security::Authority;

/// TLS settings for [`SandboxBuilder::tls`](crate::SandboxBuilder::tls): the sandbox serves https instead of http.
///
/// The sandbox creates the certificate. It is valid for `localhost`, `127.0.0.1`, `::1`, the address that the sandbox
/// listens on, the host of the public URL, and further [names](Self::name).
///
/// The sandbox also creates the authority that signs the certificate. Clients have to trust
/// [`Sandbox::ca_certificate`](crate::Sandbox::ca_certificate), the certificate of the authority. The key of the
/// authority is discarded at once, so that it can never sign another certificate. Both certificates are valid for a
/// year.
///
/// ```
/// use ottpay::Client;
/// use ottpay_sandbox::{Sandbox, Tls};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().tls(Tls::new()).start().await?;
/// assert!(sandbox.url().starts_with("https://127.0.0.1:"));
/// let client = Client::builder().endpoint(sandbox.url()).trust_certificate(sandbox.ca_certificate().unwrap_or_default());
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    folder: Option<PathBuf>,
    names: Vec<String>,
}

impl Tls {
    /// Creates settings for a certificate in memory, which is new at each start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores the certificate in this folder, which is created if it does not exist.
    ///
    /// `certificate.json` contains the key, and on Unix only its owner may read it. Clients have to trust `ca.pem`. The
    /// next start uses the certificate again, unless it is about to expire or lacks a required name.
    ///
    /// Several sandboxes can use a folder at once: none replaces a certificate that another one uses. A relative path
    /// is resolved when the sandbox starts.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Adds a host name or IP address by which clients and buyers reach the sandbox. It can be called several times.
    ///
    /// Payment links do not contain the name: [`public_url`](crate::SandboxBuilder::public_url) sets their host.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Prepares the certificate and its authority for a sandbox that listens on this address.
    ///
    /// # Errors
    /// The folder cannot be used, or a name is not valid in a certificate.
    pub(crate) fn prepare(
        &self,
        address: IpAddr,
        public_host: Option<String>,
    ) -> Result<(ottpay_server::Tls, Authority), String> {
        let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let address = Some(address).filter(|address| !address.is_unspecified()).map(|address| address.to_string());
        // In one spelling, so that a stored certificate is compared with the same names.
        let wanted = self.names.iter().cloned().chain(public_host).map(|name| name.to_ascii_lowercase());
        let names: BTreeSet<String> = own.into_iter().chain(address).chain(wanted).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let (certificate, file, in_use) = match &self.folder {
            Some(folder) => {
                let Kept { certificate, authority, in_use } = open_certificate(folder, names, now)
                    .map_err(|problem| format!("the certificate cannot be kept: {problem}"))?;
                (certificate, Some(authority), Some(in_use))
            }
            None => (issue_certificate(names, now)?, None, None),
        };
        let authority =
            Authority { pem: certificate.authority_pem(), file, names: self.names.clone(), _in_use: in_use };
        Ok((certificate.to_server_tls()?, authority))
    }
}
