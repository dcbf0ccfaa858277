//! A certificate in a folder: made once, and used until it is about to expire.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::certificate::Certificate;
use super::issue::issue_certificate;

/// The certificate with its key.
const FILE: &str = "certificate.json";

/// The certificate of the authority, for clients.
const AUTHORITY: &str = "ca.pem";

/// The longest file that is read, in bytes.
const LIMIT: u64 = 256 * 1024;

/// Reads the certificate of a folder, or makes one if there is none for these names that is valid for a while. Also returns
/// the file with the certificate of the authority.
///
/// # Errors
/// The folder cannot be written, a file in it is not a certificate of a sandbox, or no certificate can be made.
pub(super) fn open_certificate(
    folder: &Path,
    names: BTreeSet<String>,
    now: u64,
) -> Result<(Certificate, PathBuf), String> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let in_folder = |error: io::Error| format!("{}: {error}", folder.display());
    create_folder(&folder).map_err(in_folder)?;
    let (file, authority_file) = (folder.join(FILE), folder.join(AUTHORITY));
    let kept = read(&file)?.filter(|kept| kept.serves(&names, now));
    let certificate = match kept {
        Some(kept) => kept,
        None => {
            let made = issue_certificate(names, now)?;
            let text = serde_json::to_string(&made).map_err(|error| error.to_string())?;
            replace(&file, text.as_bytes(), 0o600).map_err(in_folder)?;
            made
        }
    };
    replace(&authority_file, certificate.authority_pem().as_bytes(), 0o644).map_err(in_folder)?;
    Ok((certificate, authority_file))
}

/// Creates a folder that only its owner may use, unless it is there.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Reads the certificate of an earlier start; none if there is no file.
fn read(file: &Path) -> Result<Option<Certificate>, String> {
    let mut text = Vec::new();
    match File::open(file) {
        Ok(opened) => opened.take(LIMIT).read_to_end(&mut text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => Err(error),
    }
    .map_err(|error| format!("{}: {error}", file.display()))?;
    let foreign =
        || format!("{} is not a certificate of a sandbox; remove it, or choose another folder", file.display());
    let found: Certificate = serde_json::from_slice(&text).map_err(|_| foreign())?;
    found.to_server_tls().map_err(|_| foreign())?;
    close_to_others(file);
    Ok(Some(found))
}

/// Replaces a file at once, so that nobody reads half of it.
fn replace(file: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let new = file.with_extension(format!("{}-{number}.new", std::process::id()));
    // What a process of the same number left behind when it was killed.
    let _ = fs::remove_file(&new);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = options.open(&new).and_then(|mut opened| opened.write_all(content));
    let replaced = written.and_then(|()| fs::rename(&new, file));
    if replaced.is_err() {
        let _ = fs::remove_file(&new);
    }
    replaced
}

/// Takes the right to read a file from others, also if it was copied here.
#[cfg(unix)]
fn close_to_others(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    // If it belongs to somebody else, it stays as it is.
    let _ = fs::set_permissions(file, fs::Permissions::from_mode(0o600));
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) {}
