//! Prepares a database file: checks its owner and its permissions.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf, is_separator};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, OpenFlags};

use super::owner::{OpenError, Owner, explain_lock, find_owner};

/// The characters of a path that a URI must escape.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Creates the file if it does not exist, and rejects a file of another program without changing it. Returns the path
/// to open.
pub(super) fn prepare_file(file: &Path) -> Result<PathBuf, OpenError> {
    let file = make_absolute(file)?;
    // Only SQLite may open an existing file: on Unix, closing it here would release the locks of another sandbox in
    // this process.
    let is_empty = match std::fs::metadata(&file) {
        Ok(found) if !found.is_file() => return Err(OpenError::NotAFile),
        Ok(found) => found.len() == 0,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(&file)?;
            true
        }
        Err(error) => return Err(error.into()),
    };
    let file = follow_links(file)?;
    if !is_empty {
        reject_foreign(&file)?;
    }
    close_to_others(&file);
    Ok(file)
}

/// Opens the prepared file. SQLite must not create it, because other users could then read it.
pub(super) fn open_file(prepared: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(prepared, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// Makes a path absolute, so that SQLite always reads it as a path.
///
/// SQLite is built with `SQLITE_USE_URI`: it parses a path that starts with `file:` as a URI, whatever the flags are.
/// It does not treat `:memory:` or an empty path as a file either.
fn make_absolute(file: &Path) -> Result<PathBuf, OpenError> {
    let ends_as_folder = file.as_os_str().as_encoded_bytes().last().is_none_or(|&last| is_separator(char::from(last)));
    if ends_as_folder {
        return Err(OpenError::NotAFile);
    }
    Ok(std::path::absolute(file)?)
}

/// Resolves symbolic links like SQLite, which keeps its log next to the real file and not next to a link.
#[cfg(unix)]
fn follow_links(file: PathBuf) -> io::Result<PathBuf> {
    file.canonicalize()
}

/// Leaves the path as it is: on other systems SQLite does not resolve links, and a URI cannot express the result of
/// `canonicalize`.
#[cfg(not(unix))]
fn follow_links(file: PathBuf) -> io::Result<PathBuf> {
    Ok(file)
}

/// Rejects the file of another program. With `immutable` SQLite does not lock the file, read its journal or write.
fn reject_foreign(file: &Path) -> Result<(), OpenError> {
    let path = percent_encode(file.as_os_str().as_encoded_bytes(), ESCAPED).to_string();
    let path = if cfg!(windows) { path.replace("%5C", "/") } else { path };
    let slash = if path.starts_with('/') { "" } else { "/" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file://{slash}{path}?immutable=1"), flags)?;
    let found = find_owner(&connection).map_err(|error| match error {
        OpenError::Sqlite(error) => explain_lock(error),
        error => error,
    });
    // An empty file may belong to another program whose content is still in its journal.
    if found? == Owner::None { Err(OpenError::Foreign) } else { Ok(()) }
}

/// Creates a file that only its owner can read, because it contains the sign key and the messages.
fn create(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Removes the permissions of other users from the file and its logs, which have the same content.
#[cfg(unix)]
fn close_to_others(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for suffix in ["", "-wal", "-journal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        let file = Path::new(&name);
        let Ok(found) = std::fs::metadata(file) else { continue };
        if !found.is_file() || found.permissions().mode() & 0o077 == 0 {
            continue;
        }
        if let Err(error) = std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)) {
            let file = file.display();
            tracing::warn!(%error, "other users can read the database {file}, which contains the sign key and all \
                                    messages");
        }
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) {}
