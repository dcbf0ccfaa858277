//! The database as the ledger uses it: transactions that run SQL.
//!
//! To use another database, implement [`Store`] and [`RawTx`], which have four methods that do work, and test it with
//! the suite in `conformance` (feature `testing`). The ledger's own SQL uses the same four methods.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod bounds;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod control;
mod error;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod value;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use error::{CommitError, StoreError, StoreErrorKind};
pub use value::{FromValue, Row, Value, ValueError};

/// A future that can be sent to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The SQL dialect of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.42 or later.
    Sqlite,
    /// PostgreSQL 12 or later.
    Postgres,
}

/// A database.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The SQL dialect that the database understands.
    fn dialect(&self) -> Dialect;

    /// Begins a writing transaction that may be open for `limit`, starting now. After that the database itself rolls it
    /// back, whatever the caller does, and every later call on it fails with [`StoreErrorKind::Expired`].
    ///
    /// A commit is durable, whatever the default settings of the database are.
    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>>;
}

/// An open transaction. Dropping it rolls it back.
///
/// SQL has numbered parameters such as `$1` and `$2`, which are matched by number on every database: their order in the
/// statement does not matter, and a number may occur twice. Each call runs one statement.
///
/// After a failed statement, roll back to a savepoint or drop the transaction: PostgreSQL rejects everything else. A
/// statement that would begin or end the transaction, or has done so, fails with [`StoreErrorKind::NotInTransaction`],
/// as do all later calls. If a call is dropped before its answer arrives, no part of the transaction is committed.
pub trait RawTx: Send + 'static {
    /// Runs a statement and returns the number of rows it changed.
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>>;

    /// Runs a statement that returns rows: a `SELECT`, or one with `RETURNING`.
    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>>;

    /// Commits the transaction.
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>>;
}
