//! Classifies the errors of the server and the driver. The server's messages, details and contexts may contain values
//! of a statement, so none of them is part of a [`StoreError`].

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity};

use crate::store::StoreErrorKind::{Conflict, Expired, NotInTransaction, Serialization, Statement, Unavailable};
use crate::store::{StoreError, StoreErrorKind};

pub(super) fn explain(error: &Error) -> StoreError {
    if let Some(reported) = error.as_db_error() {
        return explain_reported(reported);
    }
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match io {
        Some(io) => StoreError::new(Unavailable, format!("the connection to the database failed: {io}")),
        None if error.is_closed() => connection_lost(),
        // The driver's own messages are fixed strings, so they contain no values.
        None => StoreError::new(Unavailable, format!("the connection to the database failed: {error}")),
    }
}

/// The connection ended without an error from the server.
pub(super) fn connection_lost() -> StoreError {
    StoreError::new(Unavailable, "lost the connection to the database")
}

/// Whether the server reported an error of the statement only, so that the connection is still usable.
pub(super) fn is_of_statement(error: &Error) -> bool {
    error.as_db_error().is_some_and(|reported| severity(reported) == Severity::Error)
}

fn severity(reported: &DbError) -> Severity {
    reported.parsed_severity().unwrap_or(match reported.severity() {
        "ERROR" => Severity::Error,
        _ => Severity::Fatal,
    })
}

fn explain_reported(reported: &DbError) -> StoreError {
    let code = reported.code().code();
    let (kind, text) = classify(code, severity(reported));
    let named = [("constraint", reported.constraint()), ("table", reported.table()), ("column", reported.column())];
    let mut text = text.to_owned();
    for (what, name) in named.into_iter().filter_map(|(what, name)| Some((what, name?))) {
        text.push_str(&format!(", {what} {name}"));
    }
    text.push_str(&format!(" (SQLSTATE {code})"));
    // Messages of class 42 (syntax errors and unknown names) quote only the text of the statement. With a context, the
    // message would be about a statement inside a function, which may contain values.
    if kind == Statement && code.starts_with("42") && reported.where_().is_none() {
        text.push_str(&format!(": {}", reported.message()));
    }
    StoreError::new(kind, text)
}

fn classify(code: &str, severity: Severity) -> (StoreErrorKind, &'static str) {
    let class = code.get(..2).unwrap_or_default();
    match (code, class) {
        ("25P03" | "25P04", _) => (Expired, "the transaction was open for longer than its limit"),
        ("57014", _) => (Expired, "the statement exceeded the time limit of its transaction"),
        ("28P01" | "28000", _) => (Unavailable, "the server rejected the login: check user and password"),
        ("3D000", _) => (Unavailable, "the database does not exist"),
        ("53300", _) => (Unavailable, "the server has no connections left"),
        ("53100", _) => (Unavailable, "the server's disk is full"),
        ("25006", _) => (Unavailable, "the server is read-only: connect to the primary, not to a standby"),
        (_, "08") if severity == Severity::Error => {
            (Statement, "the number of values does not match the statement's parameters")
        }
        (_, "08" | "28" | "53" | "57" | "58" | "XX") => (Unavailable, "the server is not available"),
        _ if severity != Severity::Error => (Unavailable, "the server closed the connection"),
        (_, "23") => (Conflict, "a row violates a constraint"),
        ("55P03", _) => (Serialization, "another transaction holds a lock"),
        (_, "40") => (Serialization, "the transaction conflicted with another one"),
        ("25P01", _) => (NotInTransaction, "the transaction is no longer open"),
        ("25P02", _) => (Statement, "an earlier statement of the transaction failed"),
        (_, "42") => (Statement, "the statement is invalid"),
        (_, "22") => (Statement, "a value has the wrong form or is out of range"),
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

    #[test]
    fn a_code_has_its_sentence() {
        for (code, text) in [
            ("28P01", "the server rejected the login: check user and password"),
            ("28000", "the server rejected the login: check user and password"),
            ("3D000", "the database does not exist"),
            ("53300", "the server has no connections left"),
            ("53100", "the server's disk is full"),
            ("25006", "the server is read-only: connect to the primary, not to a standby"),
            ("08P01", "the number of values does not match the statement's parameters"),
            ("57P01", "the server is not available"),
            ("23505", "a row violates a constraint"),
            ("40001", "the transaction conflicted with another one"),
            ("25P02", "an earlier statement of the transaction failed"),
            ("42P01", "the statement is invalid"),
            ("22P02", "a value has the wrong form or is out of range"),
            ("P0001", "the statement failed"),
        ] {
            assert_eq!(classify(code, Severity::Error).1, text, "{code}");
        }
        assert_eq!(classify("42501", Severity::Fatal).1, "the server closed the connection");
    }
}
