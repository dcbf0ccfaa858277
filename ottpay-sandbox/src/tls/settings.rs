//! What a sandbox with TLS is told.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::folder::{Kept, open_certificate};
use super::issue::issue_certificate;
use crate::security::Authority;

/// Has a sandbox serve https instead of http, with a certificate that it makes, for
/// [`SandboxBuilder::tls`](crate::SandboxBuilder::tls).
///
/// The certificate is for `localhost`, `127.0.0.1`, `::1`, the address listened on, the host of the public URL, and further
/// [names](Self::name). It is signed by an authority that the sandbox makes as well, and whose certificate clients have to
/// trust: [`Sandbox::ca_certificate`](crate::Sandbox::ca_certificate). The key of that authority is forgotten at once, so
/// that no other certificate can ever be made with it. Both are valid for a year.
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
    /// A certificate in memory, another one at each start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the certificate in this folder, which is made if it is not there: `certificate.json` with the key, which on Unix
    /// only its owner may read, and `ca.pem`, which clients are told to trust. It is used again at the next start, unless it
    /// is about to expire or does not contain a name that is wanted. Several sandboxes may use a folder at once; none replaces
    /// a certificate that another one uses. A relative path is read when the sandbox starts.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// A further host name or IP address by which clients and buyers reach the sandbox. Called several times, the certificate
    /// has all of them. Payment links do not contain it: [`public_url`](crate::SandboxBuilder::public_url) sets where they
    /// lead.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// The certificate for a sandbox that listens on this address, and who signed it.
    ///
    /// # Errors
    /// The folder cannot be used, or a name cannot be in a certificate.
    pub(crate) fn prepare(
        &self,
        address: IpAddr,
        public_host: Option<String>,
    ) -> Result<(ottpay_server::Tls, Authority), String> {
        let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let address = Some(address).filter(|address| !address.is_unspecified()).map(|address| address.to_string());
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
