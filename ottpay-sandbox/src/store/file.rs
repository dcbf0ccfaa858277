//! The file of a database before it is opened: its owner, and who else may read it.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, OpenFlags};

use super::owner::{OpenError, Owner, explain_lock, find_owner};

/// What a path keeps in an address.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Creates the file if it does not exist, and otherwise leaves that of another program as it is.
pub(super) fn prepare_file(file: &Path) -> Result<(), OpenError> {
    // An existing file is opened by SQLite only: closing it here would give up the locks of another sandbox in this
    // process.
    match std::fs::metadata(file) {
        Ok(found) if !found.is_file() => return Err(OpenError::NoFile),
        Ok(found) if found.len() > 0 => reject_foreign(file)?,
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(file)?,
        Err(error) => return Err(error.into()),
    }
    if let Err(error) = close_to_others(file) {
        let file = file.display();
        tracing::warn!(%error, "others can read the database {file}, in which are the sign key and what was sent");
    }
    Ok(())
}

/// Rejects the file of another program. With `immutable` SQLite takes no lock, reads no journal and writes nothing.
fn reject_foreign(file: &Path) -> Result<(), OpenError> {
    let path = std::path::absolute(file)?;
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), ESCAPED).to_string();
    let path = if cfg!(windows) { path.replace("%5C", "/") } else { path };
    let slash = if path.starts_with('/') { "" } else { "/" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file://{slash}{path}?immutable=1"), flags)?;
    let found = find_owner(&connection).map_err(|error| match error {
        OpenError::Sqlite(error) => explain_lock(error),
        error => error,
    });
    // The content of another program may still be in its journal.
    if found? == Owner::None { Err(OpenError::Foreign) } else { Ok(()) }
}

/// Creates a file that only its owner can read: it contains the sign key and the messages.
fn create(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Removes the permissions of others from the file, and from the log beside it.
#[cfg(unix)]
fn close_to_others(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    for file in [file, Path::new(&log)] {
        let Ok(found) = std::fs::metadata(file) else { continue };
        if found.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}
