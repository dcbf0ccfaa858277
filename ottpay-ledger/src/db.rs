//! Transactions of the ledger's own: statements as templates, the database's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::inside::is_inside_handler;
use crate::names::expand;
use crate::store::{CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value, ValueError};

/// How long a transaction of the ledger's own may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The database.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    store: Arc<dyn Store>,
    /// Milliseconds by which its clock is ahead: for tests.
    offset: Arc<AtomicI64>,
    /// Told of each commit of this process.
    commits: watch::Sender<()>,
}

impl Db {
    pub(crate) fn new(store: impl Store) -> Self {
        Self { store: Arc::new(store), offset: Arc::default(), commits: watch::Sender::new(()) }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    /// Moves the clock on.
    #[cfg(feature = "testing")]
    pub(crate) fn advance(&self, by: Duration) {
        self.offset.fetch_add(by.as_millis().try_into().unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Changes with each commit of this process.
    pub(crate) fn commits(&self) -> watch::Receiver<()> {
        self.commits.subscribe()
    }

    /// The statement for this database.
    pub(crate) fn expand(&self, template: &str) -> String {
        expand(template, self.dialect(), self.offset.load(Ordering::Relaxed))
    }

    pub(crate) async fn begin(&self) -> Result<Txn, StoreError> {
        self.begin_with(LIMIT).await
    }

    /// Begins a transaction that may take this long.
    pub(crate) async fn begin_with(&self, limit: Duration) -> Result<Txn, StoreError> {
        if is_inside_handler() {
            // SQLite would wait for the handler's own transaction, and PostgreSQL commit what a second run finds there.
            let message = "the ledger is not used inside of a handler: use its `Tx`";
            return Err(StoreError::new(StoreErrorKind::Statement, message));
        }
        Ok(Txn { raw: self.store.begin(limit).await?, db: self.clone() })
    }
}

/// An open transaction. Dropped: rolled back.
pub(crate) struct Txn {
    raw: Box<dyn RawTx>,
    db: Db,
}

impl Txn {
    pub(crate) fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// Runs a template; gives how many rows it changed.
    pub(crate) async fn execute(&mut self, template: &str, values: &[Value]) -> Result<u64, StoreError> {
        let sql = self.db.expand(template);
        self.raw.execute(&sql, values).await
    }

    /// Runs a template that gives rows.
    pub(crate) async fn query(&mut self, template: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let sql = self.db.expand(template);
        self.raw.query(&sql, values).await
    }

    /// The first row of the answer, if there is one.
    pub(crate) async fn query_first(&mut self, template: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(template, values).await?.into_iter().next())
    }

    /// The database's time, in milliseconds since 1970.
    pub(crate) async fn now(&mut self) -> Result<i64, StoreError> {
        let row = self.query_first("SELECT {now}", &[]).await?;
        Ok(row.unwrap_or_else(|| Row::new(Vec::new())).get(0)?)
    }

    pub(crate) async fn commit(self) -> Result<(), CommitError> {
        let committed = self.raw.commit().await;
        if !matches!(committed, Err(CommitError::NotCommitted(_))) {
            self.db.commits.send_replace(());
        }
        committed
    }

    /// The transaction, for statements that are not the ledger's own.
    pub(crate) fn raw(&mut self) -> &mut dyn RawTx {
        &mut *self.raw
    }
}

/// A column that is not of the type that the schema gives it.
impl From<ValueError> for StoreError {
    fn from(error: ValueError) -> Self {
        Self::new(StoreErrorKind::Statement, format!("unexpected column: {error}"))
    }
}
