//! A database as the ledger uses it: transactions in which SQL is run.
//!
//! A store of your own is an implementation of [`Store`] and [`RawTx`], four methods that do something, and passes the suite
//! in `conformance` (feature `testing`). The ledger's own SQL goes through the same four.

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

/// The SQL that a database understands.
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
    /// The SQL that it understands.
    fn dialect(&self) -> Dialect;

    /// Begins a transaction that writes. From this moment on it has `limit`: when that has passed, the database's side rolls
    /// it back, whatever the caller does, and each later call on it fails with [`StoreErrorKind::Expired`].
    ///
    /// What is committed is durable, whatever the settings of the database are by default.
    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>>;
}

/// An open transaction. When it is dropped it is rolled back.
///
/// SQL has numbered parameters, `$1`, `$2`, which are matched by their number on every database: `$2` before `$1` is not
/// swapped, and a number may be used twice. One call is one statement.
///
/// After a statement failed, go back to a savepoint or drop the transaction: PostgreSQL refuses everything else. A statement
/// that would begin or end the transaction, or has done so, fails with [`StoreErrorKind::NotInTransaction`], as does all
/// that follows. Nothing is committed of a transaction in which a call was dropped before its answer.
pub trait RawTx: Send + 'static {
    /// Runs a statement; gives how many rows it changed.
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>>;

    /// Runs a statement that gives rows: a `SELECT`, or one with `RETURNING`.
    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>>;

    /// Makes it permanent.
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>>;
}
