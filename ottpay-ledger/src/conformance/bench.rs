//! What the cases share: two handles of a database, tables, and assertions.

use std::fmt::{Debug, Display};
use std::sync::Arc;
use std::time::Duration;

use crate::store::{CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value, ValueError};

/// A time limit that only cases about limits reach.
const LIMIT: Duration = Duration::from_secs(20);

/// A database with two handles, as two processes would have it.
pub(super) struct Bench {
    pub(super) first: Arc<dyn Store>,
    pub(super) second: Arc<dyn Store>,
}

impl Bench {
    pub(super) fn new(first: impl Store, second: impl Store) -> Self {
        Self { first: Arc::new(first), second: Arc::new(second) }
    }

    /// Creates an empty table. `BYTES` in its columns is replaced by the type of bytes.
    pub(super) async fn table(&self, name: &str, columns: &str) -> Result<String, Wrong> {
        let bytes = match self.first.dialect() {
            Dialect::Postgres => "BYTEA",
            Dialect::Sqlite => "BLOB",
        };
        let name = format!("conformance_{name}");
        let mut tx = self.begin().await?;
        tx.execute(&format!("DROP TABLE IF EXISTS {name}"), &[]).await?;
        tx.execute(&format!("CREATE TABLE {name} ({})", columns.replace("BYTES", bytes)), &[]).await?;
        tx.commit().await?;
        Ok(name)
    }

    pub(super) async fn begin(&self) -> Result<Box<dyn RawTx>, StoreError> {
        self.first.begin(LIMIT).await
    }

    /// Queries in a transaction of its own, through the other handle.
    pub(super) async fn read(&self, sql: &str) -> Result<Vec<Row>, StoreError> {
        self.second.begin(LIMIT).await?.query(sql, &[]).await
    }

    /// Counts the rows of a table.
    pub(super) async fn count(&self, table: &str) -> Result<i64, Wrong> {
        first_value(&self.read(&format!("SELECT count(*) FROM {table}")).await?)
    }

    /// Returns the end of a `SELECT` that locks its rows.
    pub(super) fn lock(&self) -> &'static str {
        match self.first.dialect() {
            Dialect::Postgres => "FOR UPDATE",
            Dialect::Sqlite => "",
        }
    }
}

/// Returns the first column of the first row.
pub(super) fn first_value<T: crate::store::FromValue>(rows: &[Row]) -> Result<T, Wrong> {
    rows.first().ok_or_else(|| Wrong("expected a row, found none".to_owned()))?.get(0).map_err(Wrong::from)
}

/// Why a case fails.
#[derive(Debug)]
pub(super) struct Wrong(pub(super) String);

pub(super) fn expect_equal<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Result<(), Wrong> {
    if found == expected { Ok(()) } else { Err(Wrong(format!("{what}: expected {expected:?}, found {found:?}"))) }
}

/// Compares a row by its values, which are not shown.
pub(super) fn expect_row(what: &str, found: &[Row], expected: &[Value]) -> Result<(), Wrong> {
    match found {
        [row] if row.columns() == expected => Ok(()),
        _ => Err(Wrong(format!("{what}: expected the values of one row {expected:?}, found others in {found:?}"))),
    }
}

pub(super) fn expect_error<T>(
    what: &str,
    found: Result<T, StoreError>,
    kind: StoreErrorKind,
) -> Result<StoreError, Wrong> {
    match found {
        Err(error) if error.kind() == kind => Ok(error),
        Err(error) => Err(Wrong(format!("{what}: expected {kind:?}, found {:?}: {error}", error.kind()))),
        Ok(_) => Err(Wrong(format!("{what}: expected {kind:?}, but it succeeded"))),
    }
}

pub(super) fn expect_not_committed(what: &str, found: Result<(), CommitError>) -> Result<StoreError, Wrong> {
    match found {
        Err(CommitError::NotCommitted(error)) => Ok(error),
        Err(error) => Err(Wrong(format!("{what}: expected that it is not committed, found: {error}"))),
        Ok(()) => Err(Wrong(format!("{what}: expected that it is not committed, but it was"))),
    }
}

fn show(error: &dyn Display) -> Wrong {
    Wrong(error.to_string())
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        show(&error)
    }
}

impl From<CommitError> for Wrong {
    fn from(error: CommitError) -> Self {
        show(&error)
    }
}

impl From<ValueError> for Wrong {
    fn from(error: ValueError) -> Self {
        show(&error)
    }
}
