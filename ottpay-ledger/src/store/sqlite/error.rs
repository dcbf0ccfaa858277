//! Classifies SQLite's errors. No message contains values of a statement.

use rusqlite::ffi::{self, ErrorCode};

use crate::store::{StoreError, StoreErrorKind};

/// Classifies an error of parsing a statement. At that point no values are bound, so SQLite's message can be shown.
pub(super) fn explain_text(error: rusqlite::Error) -> StoreError {
    use rusqlite::Error::{SqlInputError, SqliteFailure};
    match error {
        // `Unknown` is SQLite's generic error. Other codes, such as a locked file, are not about the text.
        SqlInputError { error, msg, .. } | SqliteFailure(error, Some(msg)) if error.code == ErrorCode::Unknown => {
            statement_error(&format!("the statement is invalid: {msg}"))
        }
        error => explain(error),
    }
}

/// Classifies every other error.
pub(super) fn explain(error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqlInputError { error, .. } => explain_code(error, None),
        rusqlite::Error::SqliteFailure(code, message) => explain_code(code, message),
        rusqlite::Error::MultipleStatement => {
            statement_error("expected one statement, found several: run each in a call of its own")
        }
        rusqlite::Error::NulError(_) => statement_error("the statement contains a NUL character"),
        _ => statement_error("the statement failed unexpectedly"),
    }
}

fn statement_error(text: &str) -> StoreError {
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
            (Unavailable, "the database file was moved or deleted")
        }
        ErrorCode::ReadOnly => (Unavailable, "the database is read-only"),
        ErrorCode::SystemIoFailure => (Unavailable, "reading or writing the database file failed"),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            (Unavailable, "the file is not an SQLite database, or is damaged")
        }
        ErrorCode::CannotOpen => (Unavailable, "cannot open the database file or its journal"),
        ErrorCode::PermissionDenied => (Unavailable, "access to the database is denied"),
        ErrorCode::FileLockingProtocolFailed => (Unavailable, "locking the database failed: use a local disk"),
        ErrorCode::OutOfMemory => (Unavailable, "not enough memory"),
        ErrorCode::OperationInterrupted => (Expired, "the statement exceeded the time limit of its transaction"),
        ErrorCode::ConstraintViolation => return constraint_error(error.extended_code, message),
        ErrorCode::TooBig => (Statement, "a value is too large"),
        ErrorCode::TypeMismatch => (Statement, "a value does not have the type of its column"),
        // Messages of SQL functions may contain their arguments, so they are not shown.
        _ => (Statement, "the statement failed while running"),
    };
    StoreError::new(kind, format!("{text} (SQLite code {})", error.extended_code))
}

/// Classifies a violated constraint. For these codes SQLite's message only names tables and columns. The message of a
/// trigger, a function or a virtual table may contain anything.
fn constraint_error(code: i32, message: Option<String>) -> StoreError {
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
        Some(message) => format!("a row violates a constraint: {message}"),
        None => format!("a row violates a constraint (SQLite code {code})"),
    };
    StoreError::new(StoreErrorKind::Conflict, text)
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;

    use super::*;

    #[test]
    fn a_code_of_sqlite_is_a_kind_and_a_sentence() {
        use StoreErrorKind::{Statement, Unavailable};
        for (code, kind, text) in [
            (ffi::SQLITE_FULL, Unavailable, "the disk or the database is full"),
            (ffi::SQLITE_READONLY, Unavailable, "the database is read-only"),
            (ffi::SQLITE_READONLY_DBMOVED, Unavailable, "the database file was moved or deleted"),
            (ffi::SQLITE_IOERR, Unavailable, "reading or writing the database file failed"),
            (ffi::SQLITE_CANTOPEN, Unavailable, "cannot open the database file or its journal"),
            (ffi::SQLITE_PERM, Unavailable, "access to the database is denied"),
            (ffi::SQLITE_PROTOCOL, Unavailable, "locking the database failed: use a local disk"),
            (ffi::SQLITE_NOMEM, Unavailable, "not enough memory"),
            (ffi::SQLITE_TOOBIG, Statement, "a value is too large"),
            (ffi::SQLITE_MISMATCH, Statement, "a value does not have the type of its column"),
        ] {
            let error = explain(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
            assert_eq!((error.kind(), error.to_string()), (kind, format!("{text} (SQLite code {code})")));
        }
    }

    #[test]
    fn a_message_is_shown_only_if_the_statement_is_wrong() {
        let failed = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some("near \"x\"".to_owned()));
        assert_eq!(explain_text(failed(ffi::SQLITE_ERROR)).to_string(), "the statement is invalid: near \"x\"");
        assert_eq!(explain_text(failed(ffi::SQLITE_FULL)).kind(), StoreErrorKind::Unavailable);
        let (error, text) = (ffi::Error::new(ffi::SQLITE_FULL), String::new);
        let full = rusqlite::Error::SqlInputError { error, msg: text(), sql: text(), offset: 0 };
        assert_eq!(explain(full).kind(), StoreErrorKind::Unavailable);
        let nul = rusqlite::Error::NulError(CString::new("a\0b").unwrap_err());
        assert_eq!(explain(nul).to_string(), "the statement contains a NUL character");
    }
}
