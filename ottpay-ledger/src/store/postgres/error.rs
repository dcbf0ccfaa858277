//! What errors of the server and of the driver are to a caller. Values of a statement are in none of the texts: the
//! server's messages, details and contexts may contain them.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity};

use crate::store::StoreErrorKind::{Conflict, Expired, NotInTransaction, Serialization, Statement, Unavailable};
use crate::store::{StoreError, StoreErrorKind};

pub(super) fn explain(error: &Error) -> StoreError {
    if let Some(said) = error.as_db_error() {
        return explain_said(said);
    }
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match io {
        Some(io) => StoreError::new(Unavailable, format!("the connection to the database failed: {io}")),
        None if error.is_closed() => lost(),
        // The texts of the driver itself are fixed.
        None => StoreError::new(Unavailable, format!("the connection to the database failed: {error}")),
    }
}

/// The connection ended, and the server did not say why.
pub(super) fn lost() -> StoreError {
    StoreError::new(Unavailable, "the connection to the database is lost")
}

/// Whether the server said this of the statement, and the connection goes on.
pub(super) fn is_of_statement(error: &Error) -> bool {
    error.as_db_error().is_some_and(|said| severity(said) == Severity::Error)
}

fn severity(said: &DbError) -> Severity {
    said.parsed_severity().unwrap_or(match said.severity() {
        "ERROR" => Severity::Error,
        _ => Severity::Fatal,
    })
}

fn explain_said(said: &DbError) -> StoreError {
    let code = said.code().code();
    let (kind, text) = classify(code, severity(said));
    let named = [("constraint", said.constraint()), ("table", said.table()), ("column", said.column())];
    let mut text = text.to_owned();
    for (what, name) in named.into_iter().filter_map(|(what, name)| Some((what, name?))) {
        text.push_str(&format!(", {what} {name}"));
    }
    text.push_str(&format!(" (SQLSTATE {code})"));
    // Class 42 is about the statement's text, and with no context not about that of a function that made a statement.
    if kind == Statement && code.starts_with("42") && said.where_().is_none() {
        text.push_str(&format!(": {}", said.message()));
    }
    StoreError::new(kind, text)
}

fn classify(code: &str, severity: Severity) -> (StoreErrorKind, &'static str) {
    let class = code.get(..2).unwrap_or_default();
    match (code, class) {
        ("25P03" | "25P04", _) => (Expired, "the transaction was open for longer than its limit"),
        ("57014", _) => (Expired, "the statement ran until the limit of its transaction"),
        ("28P01" | "28000", _) => (Unavailable, "the server refuses the login: check user and password"),
        ("3D000", _) => (Unavailable, "the database does not exist"),
        ("53300", _) => (Unavailable, "the server has no connection left"),
        ("53100", _) => (Unavailable, "the server's disk is full"),
        ("25006", _) => (Unavailable, "the server is read-only, as a standby is"),
        (_, "08") if severity == Severity::Error => {
            (Statement, "the statement and its values do not fit: a parameter has no value")
        }
        (_, "08" | "28" | "53" | "57" | "58" | "XX") => (Unavailable, "the server is not available"),
        _ if severity != Severity::Error => (Unavailable, "the server closed the connection"),
        (_, "23") => (Conflict, "a row breaks a constraint"),
        ("55P03", _) => (Serialization, "a lock is held by another transaction"),
        (_, "40") => (Serialization, "another transaction was in the way of this one"),
        ("25P01", _) => (NotInTransaction, "the transaction is not open any more"),
        ("25P02", _) => (Statement, "an earlier statement of the transaction failed"),
        (_, "42") => (Statement, "the statement is wrong"),
        (_, "22") => (Statement, "a value is not of the right form or range"),
        _ => (Statement, "the statement failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_kind() {
        for (code, kind) in [
            ("23505", Conflict),
            ("40001", Serialization),
            ("40P01", Serialization),
            ("55P03", Serialization),
            ("57P01", Unavailable),
            ("53300", Unavailable),
            ("58030", Unavailable),
            ("25P03", Expired),
            ("57014", Expired),
            ("25P01", NotInTransaction),
            ("42P01", Statement),
            ("22P02", Statement),
            ("08P01", Statement),
            ("P0001", Statement),
            ("", Statement),
        ] {
            assert_eq!(classify(code, Severity::Error).0, kind, "{code}");
        }
        // PgBouncer's own code, and it closes the connection.
        assert_eq!(classify("08P01", Severity::Fatal).0, Unavailable);
        assert_eq!(classify("25P04", Severity::Fatal).0, Expired);
        assert_eq!(classify("42501", Severity::Fatal).0, Unavailable);
    }
}
