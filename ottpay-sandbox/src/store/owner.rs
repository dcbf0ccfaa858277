//! Detects the owner of a database: a sandbox with this layout, or another program, whose file must not change.

use rusqlite::Connection;

/// The application id in the header of a SQLite file ("OTTP"), and the layout of the tables.
const APPLICATION_ID: i32 = 0x4F54_5450;
const LAYOUT: i32 = 5;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("it is the database of another program; use another file")]
    Foreign,
    #[error("it is not a file; use the path of a file, which is created if it does not exist")]
    NotAFile,
    #[error("it is not a database, or is damaged; use another file")]
    NoDatabase,
    #[error("its layout is version {0}, but this sandbox supports version {LAYOUT}; use a new file")]
    Layout(i32),
    #[error("another sandbox has it open; stop that one, or use another file")]
    InUse,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("it has orders of the action {0}, which is not in the specification; use another file, or add the action")]
    Action(String),
}

/// Who owns a database that a sandbox may use.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The database is empty.
    None,
    Sandbox,
    /// A sandbox with this earlier layout, whose tables can be upgraded.
    Earlier(i32),
}

/// Detects the owner of a database.
pub(super) fn find_owner(connection: &Connection) -> Result<Owner, OpenError> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (number("application_id")?, number("user_version")?) {
        (0, 0) if tables == 0 => Ok(Owner::None),
        (APPLICATION_ID, LAYOUT) => Ok(Owner::Sandbox),
        (APPLICATION_ID, earlier @ 1..LAYOUT) => Ok(Owner::Earlier(earlier)),
        (APPLICATION_ID, other) => Err(OpenError::Layout(other)),
        _ => Err(OpenError::Foreign),
    }
}

/// Marks a database as owned by a sandbox with the current layout.
pub(super) fn set_owner(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", LAYOUT)
}

/// Explains SQLite's errors about a database that is in use or damaged.
pub(super) fn explain_lock(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => OpenError::InUse,
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => OpenError::NoDatabase,
        _ => OpenError::Sqlite(error),
    }
}
