//! `ottpay sandbox --tls`: where the certificate is kept, and how clients come to trust it.

use std::env;
use std::path::{Path, PathBuf};

use ottpay_sandbox::{Sandbox, SandboxBuilder};

use crate::failure::Failure;

/// The flags about TLS.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct TlsFlags {
    /// Serve https, with a certificate that the sandbox creates; standard error shows how clients can trust it
    #[arg(long)]
    tls: bool,
    /// Folder for the certificate, created if it does not exist; by default next to the database, as in orders.db.tls,
    /// else $XDG_STATE_HOME/ottpay/tls (~/.local/state without that variable)
    #[arg(long, value_name = "DIR", requires = "tls")]
    tls_dir: Option<PathBuf>,
    /// Additional host name or IP address of the certificate, under which the buyer's pages are served, too; can be
    /// repeated. Payment links lead to --public-url
    #[arg(long, value_name = "NAME", requires = "tls")]
    tls_name: Vec<String>,
}

impl TlsFlags {
    /// A name by which clients may reach the sandbox, if one is given.
    pub(super) fn first_name(&self) -> Option<String> {
        self.tls_name.first().cloned()
    }

    /// Adds TLS to a sandbox with this database, if that was asked for.
    pub(super) fn apply(self, builder: SandboxBuilder, db: Option<&Path>) -> Result<SandboxBuilder, Failure> {
        if !self.tls {
            return Ok(builder);
        }
        let folder = match (self.tls_dir, db) {
            (Some(folder), _) => folder,
            (None, Some(db)) => {
                let mut name = db.as_os_str().to_owned();
                name.push(".tls");
                name.into()
            }
            (None, None) => find_default_folder()?,
        };
        add_tls(builder, folder, self.tls_name)
    }
}

#[cfg(feature = "rustls")]
fn add_tls(builder: SandboxBuilder, folder: PathBuf, names: Vec<String>) -> Result<SandboxBuilder, Failure> {
    use ottpay_sandbox::Tls;

    Ok(builder.tls(names.into_iter().fold(Tls::new().folder(folder), Tls::name)))
}

#[cfg(not(feature = "rustls"))]
fn add_tls(_: SandboxBuilder, _: PathBuf, _: Vec<String>) -> Result<SandboxBuilder, Failure> {
    Err(Failure::usage("--tls: this build of `ottpay` cannot create certificates")
        .help("install it with its default features, which include `rustls`"))
}

/// Finds the user's folder for state of programs: neither settings nor documents.
fn find_default_folder() -> Result<PathBuf, Failure> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    state.map(|state| state.join("ottpay/tls")).ok_or_else(|| {
        Failure::usage("no folder for the certificate: neither XDG_STATE_HOME nor HOME is set")
            .help("choose one with --tls-dir")
    })
}

/// Describes where payment links lead, if the certificate has another name.
pub(super) fn describe_links(sandbox: &Sandbox, name: &str) -> Option<String> {
    let (_, port) = sandbox.url().rsplit_once(':')?;
    // Only an IPv6 address contains a colon.
    let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    Some(format!(
        "note: payment links lead to {}; for buyers who use another name, add --public-url https://{host}:{port}",
        sandbox.url()
    ))
}

/// Describes how clients come to trust the certificate of a sandbox that has one.
pub(super) fn describe_trust(sandbox: &Sandbox) -> Vec<String> {
    let Some(file) = sandbox.ca_file() else { return Vec::new() };
    let file = quote_path(file);
    let java = "-Djavax.net.ssl.trustStore=ottpay-sandbox.p12 -Djavax.net.ssl.trustStorePassword=changeit";
    vec![
        "to trust its certificate, on a machine for development only:".to_owned(),
        format!("  ottpay            --ca-file {file}, or OTTPAY_CA_FILE as above"),
        format!("  Node.js           export NODE_EXTRA_CA_CERTS={file}"),
        format!("  curl              export CURL_CA_BUNDLE={file}"),
        format!("  Python (requests) export REQUESTS_CA_BUNDLE={file}"),
        format!(
            "  PHP, Ruby, Go, .NET and others that read OpenSSL's variable, which replaces the system's authorities:"
        ),
        format!("                    export SSL_CERT_FILE={file}"),
        format!("  Java              keytool -importcert -noprompt -alias ottpay-sandbox -file {file} \\"),
        "                      -keystore ottpay-sandbox.p12 -storepass changeit".to_owned(),
        format!("                    java {java} …"),
    ]
}

/// Quotes a path for a shell, if it needs that.
pub(super) fn quote_path(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./+:@".contains(character);
    match path.chars().all(is_plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}
