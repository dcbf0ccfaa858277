//! What SQLite's errors are to a caller. Values of a statement are in none of the texts.

use rusqlite::ffi::{self, ErrorCode};

use crate::store::{StoreError, StoreErrorKind};

/// For errors of reading the statement's text: it has no values yet, so that what SQLite says of it can be shown.
pub(super) fn explain_text(error: rusqlite::Error) -> StoreError {
    use rusqlite::Error::{SqlInputError, SqliteFailure};
    match error {
        SqlInputError { error, msg, .. } | SqliteFailure(error, Some(msg)) if error.code == ErrorCode::Unknown => {
            wrong(&format!("the statement is wrong: {msg}"))
        }
        error => explain(error),
    }
}

/// For every other error.
pub(super) fn explain(error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqlInputError { error, .. } => explain_code(error, None),
        rusqlite::Error::SqliteFailure(code, message) => explain_code(code, message),
        rusqlite::Error::MultipleStatement => wrong("one call is one statement, and this text has several"),
        rusqlite::Error::NulError(_) => wrong("the statement contains a NUL character"),
        _ => wrong("the statement failed in a way that is not expected of it"),
    }
}

fn wrong(text: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Statement, text)
}

fn explain_code(error: ffi::Error, message: Option<String>) -> StoreError {
    use StoreErrorKind::{Expired, Statement, Unavailable};
    let (kind, text) = match error.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            (Unavailable, "the database is locked by another connection")
        }
        ErrorCode::DiskFull => (Unavailable, "the disk or the database is full"),
        ErrorCode::ReadOnly if error.extended_code == ffi::SQLITE_READONLY_DBMOVED => {
            (Unavailable, "the file of the database was moved or deleted")
        }
        ErrorCode::ReadOnly => (Unavailable, "the database is read-only"),
        ErrorCode::SystemIoFailure => (Unavailable, "the disk failed to read or write the database"),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            (Unavailable, "the file is not a database of SQLite, or is damaged")
        }
        ErrorCode::CannotOpen => (Unavailable, "the file of the database, or its journal, cannot be opened"),
        ErrorCode::PermissionDenied => (Unavailable, "access to the database is denied"),
        ErrorCode::FileLockingProtocolFailed => (Unavailable, "the locks of the database do not work"),
        ErrorCode::OutOfMemory => (Unavailable, "there is not enough memory"),
        ErrorCode::OperationInterrupted => (Expired, "the statement ran until the limit of its transaction"),
        ErrorCode::ConstraintViolation => return conflict(error.extended_code, message),
        ErrorCode::TooBig => (Statement, "a value is too large"),
        ErrorCode::TypeMismatch => (Statement, "a value is not of the type of its column"),
        // The messages of functions may contain their arguments.
        _ => (Statement, "the statement failed while it ran"),
    };
    StoreError::new(kind, format!("{text} (code {} of SQLite)", error.extended_code))
}

/// Messages of constraints name tables and columns. That of a trigger, of a function, or of a virtual table is anything.
fn conflict(code: i32, message: Option<String>) -> StoreError {
    let is_named = matches!(
        code,
        ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_NOTNULL
            | ffi::SQLITE_CONSTRAINT_CHECK
            | ffi::SQLITE_CONSTRAINT_FOREIGNKEY
            | ffi::SQLITE_CONSTRAINT_ROWID
    );
    let text = match message.filter(|_| is_named) {
        Some(message) => format!("a row breaks a constraint: {message}"),
        None => format!("a row breaks a constraint (code {code} of SQLite)"),
    };
    StoreError::new(StoreErrorKind::Conflict, text)
}
