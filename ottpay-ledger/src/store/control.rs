//! Rejects statements that would begin or end a transaction: only the code that began it may end it.

use super::{Dialect, StoreError, StoreErrorKind};

/// Rejects a statement that begins, commits or rolls back a transaction. Rolling back to a savepoint is allowed.
pub(super) fn reject_control(sql: &str, dialect: Dialect) -> Result<(), StoreError> {
    // If a handler could commit, its writes would be permanent without the mark that the event is done, and the next
    // run would repeat them.
    if is_control(sql, dialect) {
        let text = "the statement would begin or end the transaction: only the code that began it may do that";
        return Err(StoreError::new(StoreErrorKind::NotInTransaction, text));
    }
    Ok(())
}

fn is_control(sql: &str, dialect: Dialect) -> bool {
    let mut words = Words { rest: sql, dialect };
    let is = |word: Option<&str>, wanted: &[&str]| {
        word.is_some_and(|word| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
    };
    let first = words.next();
    if is(first, &["BEGIN", "START", "COMMIT", "END", "ABORT"]) {
        return true;
    }
    // `PREPARE` alone only names a statement.
    if is(first, &["PREPARE"]) {
        return is(words.next(), &["TRANSACTION"]);
    }
    if is(first, &["ROLLBACK"]) {
        let mut next = words.next();
        if is(next, &["WORK", "TRANSACTION"]) {
            next = words.next();
        }
        return !is(next, &["TO"]);
    }
    false
}

/// The leading words of a statement, without spaces, comments and empty statements.
struct Words<'a> {
    rest: &'a str,
    dialect: Dialect,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            // SQLite skips a byte order mark like a space.
            self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';' || c == '\u{feff}');
            if let Some(comment) = self.rest.strip_prefix("--") {
                self.rest = comment.split_once(['\n', '\r']).map_or("", |(_, after)| after);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = after_comment(comment, self.dialect);
            } else {
                break;
            }
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }
}

/// Skips a comment whose beginning was removed. PostgreSQL nests comments, SQLite does not.
fn after_comment(mut rest: &str, dialect: Dialect) -> &str {
    let mut depth = 1;
    while depth > 0 {
        let Some(at) = rest.find(['*', '/']) else { return "" };
        let Some((_, found)) = rest.split_at_checked(at) else { return "" };
        if let Some(after) = found.strip_prefix("*/") {
            depth -= 1;
            rest = after;
        } else if let (Some(after), Dialect::Postgres) = (found.strip_prefix("/*"), dialect) {
            depth += 1;
            rest = after;
        } else {
            rest = found.get(1..).unwrap_or_default();
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_ends_the_transaction_is_found_after_comments() {
        for sql in [
            "COMMIT",
            "commit;",
            " ;\n end",
            "-- a\nROLLBACK",
            "/* a */Abort",
            "BEGIN IMMEDIATE",
            "start transaction",
            "rollback work",
            "ROLLBACK TRANSACTION",
            "prepare transaction 'a'",
            "/**/COMMIT/**/",
            "--\rCOMMIT",
            "commit/**/and chain",
            "/* * / */ END",
        ] {
            assert!(is_control(sql, Dialect::Postgres), "{sql}");
            assert!(is_control(sql, Dialect::Sqlite), "{sql}");
        }
        assert!(is_control("/* /* */ */ COMMIT", Dialect::Postgres));
        assert!(!is_control("/* /* */ COMMIT", Dialect::Postgres), "the comment never ends");
        assert!(is_control("/* /* */ COMMIT", Dialect::Sqlite));
    }

    #[test]
    fn a_statement_that_ends_the_transaction_is_rejected() {
        let error = reject_control("COMMIT", Dialect::Sqlite).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::NotInTransaction);
        assert!(reject_control("ROLLBACK TO a", Dialect::Sqlite).is_ok());
    }

    #[test]
    fn savepoints_and_other_statements_are_accepted() {
        for sql in [
            "ROLLBACK TO a",
            "rollback transaction to savepoint a",
            "SAVEPOINT a",
            "RELEASE a",
            "SELECT 'COMMIT'",
            "",
            "/*",
            "prepare a AS SELECT 1",
            "UPDATE commits SET a = 1",
            "ENDED",
            "BEGIN_ME",
            "-- COMMIT",
            "é",
        ] {
            // A name that begins with a keyword is not a statement in either database.
            let expected = sql == "BEGIN_ME";
            assert_eq!(is_control(sql, Dialect::Sqlite), expected, "{sql}");
        }
    }
}
