//! Why a store could not do what it was asked for.

use std::error::Error;

/// What kind of trouble a store has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The database is away, locked or full: the same may work later.
    Unavailable,
    /// The transaction was open for longer than its limit, and has been rolled back.
    Expired,
    /// A row breaks a constraint, such as a unique key.
    Conflict,
    /// Two transactions were in each other's way, and this one has been rolled back: repeat it.
    Serialization,
    /// The transaction is not open any more: the code that had it committed it or rolled it back by itself.
    NotInTransaction,
    /// The statement is wrong, or its parameters or what it gives are not as expected: repeating it ends in the same way.
    Statement,
}

/// Why a store could not do what it was asked for. The text never contains the values of a statement.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// With a text of one line, lower case, that contains no value of the statement.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// With the error of the database's driver. Its text, too, must not contain values of the statement.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// What kind of trouble it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether the same may succeed if the whole transaction is repeated.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Unavailable | StoreErrorKind::Expired | StoreErrorKind::Serialization)
    }
}

/// Why a transaction was not committed, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// It was rolled back: nothing of it is there.
    #[error("not committed: {0}")]
    NotCommitted(#[source] StoreError),
    /// The answer to COMMIT was lost: it may be there or not. Read it again before anything is repeated.
    #[error("it is not known whether the transaction was committed: {0}")]
    Unknown(#[source] StoreError),
}
