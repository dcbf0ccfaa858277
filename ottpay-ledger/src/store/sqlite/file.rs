//! Opens the database: a new file is readable only by its owner, and commits are durable.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf, is_separator};
use std::time::{Duration, Instant};

use rusqlite::ffi::ErrorCode;
use rusqlite::{Connection, OpenFlags};

use super::error::explain;
use super::settings::{Place, Settings};
use crate::store::bounds::PATIENCE;
use crate::store::{StoreError, StoreErrorKind};

/// How many prepared statements are cached; more than the ledger has.
const STATEMENTS: usize = 128;

pub(super) fn open(settings: &Settings) -> Result<Connection, StoreError> {
    let connection = match &settings.place {
        Place::Memory => Connection::open_in_memory().map_err(explain)?,
        Place::File(file) => {
            let file = prepare_file(file)?;
            // `prepare_file` created the file. If SQLite did, other users could read it.
            // One thread uses the connection, so SQLite needs no mutex for it.
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(file, flags).map_err(explain)?
        }
    };
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(PATIENCE).map_err(explain)?;
    if settings.is_wal && matches!(settings.place, Place::File(_)) {
        change_to_wal(&connection)?;
    }
    // A commit is on the disk. EXTRA differs from FULL only without a write-ahead log: then the deletion of the journal
    // is on the disk, too. A journal that reappeared after a power failure would undo the commit.
    connection.pragma_update(None, "synchronous", "EXTRA").map_err(explain)?;
    // On macOS only this setting flushes the disk's own cache; elsewhere it has no effect.
    connection.pragma_update(None, "fullfsync", true).map_err(explain)?;
    Ok(connection)
}

/// Switches the file to a write-ahead log. The file must not be in use for that, and SQLite does not wait
/// automatically.
fn change_to_wal(connection: &Connection) -> Result<(), StoreError> {
    let start = Instant::now();
    loop {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => {
                let text = "cannot switch the database file to a write-ahead log";
                return Err(StoreError::new(StoreErrorKind::Unavailable, text));
            }
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(explain(error)),
        }
    }
}

/// The identity of a file, independent of its path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// Returns the identity of the file at the path.
#[cfg(unix)]
pub(super) fn identify(settings: &Settings) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let Place::File(file) = &settings.place else { return None };
    std::fs::metadata(file).ok().map(|found| Identity(found.dev(), found.ino()))
}

/// On other systems an open file cannot be replaced.
#[cfg(not(unix))]
pub(super) fn identify(_: &Settings) -> Option<Identity> {
    None
}

/// Creates the file if it does not exist. The permissions of an existing file are left to the shop.
fn prepare_file(file: &Path) -> Result<PathBuf, StoreError> {
    let file = make_absolute(file)?;
    match std::fs::metadata(&file) {
        Ok(found) if !found.is_file() => Err(not_a_file()),
        Ok(_) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create(&file) {
            // Another process created it in the meantime.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(cannot_open(&error)),
            _ => Ok(file),
        },
        Err(error) => Err(cannot_open(&error)),
    }
}

/// Makes a path absolute. SQLite would otherwise treat a path that begins with `file:` as a URI, and `:memory:` or an
/// empty path as a temporary database, and payments would be lost.
fn make_absolute(file: &Path) -> Result<PathBuf, StoreError> {
    if file.as_os_str().as_encoded_bytes().last().is_none_or(|&last| is_separator(char::from(last))) {
        return Err(not_a_file());
    }
    std::path::absolute(file).map_err(|error| cannot_open(&error))
}

/// Creates a file that only its owner can read, because it contains the orders of buyers.
fn create(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn not_a_file() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "the path of the database is not a file")
}

fn cannot_open(error: &io::Error) -> StoreError {
    let text = format!("cannot open or create the database file: {error}");
    StoreError::new(StoreErrorKind::Unavailable, text)
}
