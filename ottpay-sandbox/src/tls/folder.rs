//! Stores a certificate in a folder until it is about to expire, and does not replace it while a sandbox uses it.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::certificate::Certificate;
use super::issue::{issue_certificate, list_names};

/// The file of the certificate with its key.
const FILE: &str = "certificate.json";

/// The file of the authority's certificate, for clients.
const AUTHORITY: &str = "ca.pem";

/// Locked while a sandbox reads or replaces the other files.
const OPENING: &str = "opening.lock";

/// Locked by each running sandbox that uses the certificate.
const IN_USE: &str = "in-use.lock";

/// The maximum size of a file, in bytes.
const LIMIT: u64 = 256 * 1024;

/// A certificate in a folder.
pub(super) struct Kept {
    pub(super) certificate: Certificate,
    /// The file of the authority's certificate.
    pub(super) authority: PathBuf,
    /// An open lock: no other sandbox replaces the certificate until it is closed.
    pub(super) in_use: File,
}

/// Reads the certificate in a folder, or issues one if it does not contain all names or expires soon.
///
/// # Errors
/// The folder cannot be written, a file in it is not a certificate of a sandbox, a running sandbox uses a certificate
/// that would have to be replaced, or no certificate can be issued.
pub(super) fn open_certificate(folder: &Path, names: BTreeSet<String>, now: u64) -> Result<Kept, String> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let in_folder = |error: io::Error| format!("{}: {error}", folder.display());
    create_folder(&folder).map_err(in_folder)?;
    let (file, authority) = (folder.join(FILE), folder.join(AUTHORITY));
    // Closing the file releases the lock.
    let opening = open_lock(&folder.join(OPENING)).map_err(in_folder)?;
    allow_unsupported(opening.lock()).map_err(in_folder)?;
    let in_use = open_lock(&folder.join(IN_USE)).map_err(in_folder)?;
    let kept = read(&file)?.filter(|kept| kept.is_valid_for(&names, now));
    let certificate = match kept {
        Some(kept) => kept,
        None => {
            // `opening` is locked, so no other sandbox can begin to use the certificate after this check.
            if is_locked(&in_use).map_err(in_folder)? {
                return Err(format!(
                    "{}: a running sandbox uses the one in it, which is about to expire or not for all of {}; stop that \
                     sandbox, or choose another folder",
                    folder.display(),
                    list_names(&names)
                ));
            }
            let made = issue_certificate(names, now)?;
            let text = serde_json::to_string(&made).map_err(|error| error.to_string())?;
            replace(&file, text.as_bytes(), 0o600).map_err(in_folder)?;
            made
        }
    };
    replace(&authority, certificate.authority_pem().as_bytes(), 0o644).map_err(in_folder)?;
    // Still under the lock of `opening`: otherwise another sandbox could replace the certificate in between.
    allow_unsupported(in_use.lock_shared()).map_err(in_folder)?;
    Ok(Kept { certificate, authority, in_use })
}

fn open_lock(file: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(file)
}

/// Returns whether another sandbox has locked the file. This one must not have locked it.
fn is_locked(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => file.unlock().map(|()| false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => allow_unsupported(Err(error)).map(|()| false),
    }
}

/// Ignores that a file system does not support locks. On such a file system only one sandbox may use a folder.
fn allow_unsupported(locked: io::Result<()>) -> io::Result<()> {
    match locked {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        other => other,
    }
}

/// Creates a folder that only its owner may use, unless it exists.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Reads the certificate of an earlier start. Returns `None` if there is no file.
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

/// Replaces a file atomically, so that no reader sees half of it.
fn replace(file: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let new = file.with_extension(format!("{}-{number}.new", std::process::id()));
    // A process with the same id may have left this file when it was killed.
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

/// Removes the permissions of other users, for example after the file was copied here.
#[cfg(unix)]
fn close_to_others(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    // Only the owner can change the permissions of a file.
    let _ = fs::set_permissions(file, fs::Permissions::from_mode(0o600));
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) {}
