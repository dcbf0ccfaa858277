//! The errors of a store.

use std::error::Error;

/// The kinds of store errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The database is unreachable, locked or full: the same operation may succeed later.
    Unavailable,
    /// The transaction was open for longer than its limit and was rolled back.
    Expired,
    /// A row violates a constraint, such as a unique key.
    Conflict,
    /// Two transactions conflicted, and this one was rolled back: retry it.
    Serialization,
    /// The transaction is no longer open: the code that was given it committed it or rolled it back.
    NotInTransaction,
    /// The statement is invalid, or its parameters or result are not as expected: retrying it fails in the same way.
    Statement,
}

/// An error of a store. Its message never contains values of a statement.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// Creates an error. The message is a single line in lower case that contains no values of the statement.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Adds the error of the database's driver as its source, whose message must not contain values of the statement
    /// either.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// The kind of error.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether retrying the whole transaction may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Unavailable | StoreErrorKind::Expired | StoreErrorKind::Serialization)
    }
}

/// Why a transaction was not committed, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The transaction was rolled back: none of its changes exist.
    #[error("not committed: {0}")]
    NotCommitted(#[source] StoreError),
    /// The answer to `COMMIT` was lost, so the changes may or may not exist. Read them back before repeating anything.
    #[error("the answer to COMMIT was lost, so the transaction may or may not be committed: {0}")]
    Unknown(#[source] StoreError),
}
