//! The ledger's own transactions: statement templates and the database's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::inside::is_inside_handler;
use crate::names::expand;
use crate::store::{CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value, ValueError};

/// How long one of the ledger's own transactions may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The database, and what this process knows about it.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    store: Arc<dyn Store>,
    /// Milliseconds added to the database's clock; only tests change it.
    offset: Arc<AtomicI64>,
    /// Notified after each commit of this process.
    commits: watch::Sender<()>,
}

impl Db {
    pub(crate) fn new(store: impl Store) -> Self {
        Self { store: Arc::new(store), offset: Arc::default(), commits: watch::Sender::new(()) }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    /// Moves the clock forward.
    #[cfg(feature = "testing")]
    pub(crate) fn advance(&self, by: Duration) {
        self.offset.fetch_add(by.as_millis().try_into().unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Returns a receiver that is notified after each commit of this process.
    pub(crate) fn commits(&self) -> watch::Receiver<()> {
        self.commits.subscribe()
    }

    /// Expands a template into a statement for this database.
    pub(crate) fn expand(&self, template: &str) -> String {
        expand(template, self.dialect(), self.offset.load(Ordering::Relaxed))
    }

    pub(crate) async fn begin(&self) -> Result<Txn, StoreError> {
        self.begin_with(LIMIT).await
    }

    /// Begins a transaction with this time limit.
    pub(crate) async fn begin_with(&self, limit: Duration) -> Result<Txn, StoreError> {
        if is_inside_handler() {
            // A transaction inside a handler would not be part of the handler's. SQLite would wait for the handler's
            // lock until the limit, and PostgreSQL would commit something that a second run of the handler finds
            // already done.
            let message = "the ledger cannot be used inside a handler: use its `Tx` instead";
            return Err(StoreError::new(StoreErrorKind::Statement, message));
        }
        Ok(Txn { raw: self.store.begin(limit).await?, db: self.clone() })
    }
}

/// An open transaction. Dropping it rolls it back.
pub(crate) struct Txn {
    raw: Box<dyn RawTx>,
    db: Db,
}

impl Txn {
    pub(crate) fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// Runs a template and returns the number of rows it changed.
    pub(crate) async fn execute(&mut self, template: &str, values: &[Value]) -> Result<u64, StoreError> {
        let sql = self.db.expand(template);
        self.raw.execute(&sql, values).await
    }

    /// Runs a template and returns its rows.
    pub(crate) async fn query(&mut self, template: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let sql = self.db.expand(template);
        self.raw.query(&sql, values).await
    }

    /// Runs a template and returns its first row, if any.
    pub(crate) async fn query_first(&mut self, template: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(template, values).await?.into_iter().next())
    }

    /// Returns the database's time in milliseconds since 1970. The clocks of several machines differ; the database's is
    /// the only one that all of them share.
    pub(crate) async fn now(&mut self) -> Result<i64, StoreError> {
        let row = self.query_first("SELECT {now}", &[]).await?;
        Ok(row.unwrap_or_else(|| Row::new(Vec::new())).get(0)?)
    }

    pub(crate) async fn commit(self) -> Result<(), CommitError> {
        let committed = self.raw.commit().await;
        // A commit without an answer may have been applied, so watchers look again in that case, too.
        if !matches!(committed, Err(CommitError::NotCommitted(_))) {
            self.db.commits.send_replace(());
        }
        committed
    }

    /// Returns the transaction for statements other than the ledger's own.
    pub(crate) fn raw_mut(&mut self) -> &mut dyn RawTx {
        &mut *self.raw
    }
}

/// A column whose type is not the one in the schema.
impl From<ValueError> for StoreError {
    fn from(error: ValueError) -> Self {
        Self::new(StoreErrorKind::Statement, format!("unexpected column: {error}"))
    }
}
