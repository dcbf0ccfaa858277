//! The transaction that is handed to the shop.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ottpay::payment::Trackable;
use ottpay::request::Write;
use serde::Serialize;

use super::fail::Fail;
use crate::db::Txn;
use crate::ledger::Inner;
use crate::note::Note;
use crate::reference::Reference;
use crate::send_error::SendError;
use crate::store::{Row, StoreError, StoreErrorKind, Value};

/// A transaction of the shop's database in which an event is handed over. What is written in it and the mark that the event is
/// done are committed together, or not at all: give it back, and the ledger commits. If it is dropped, it is rolled back.
///
/// It has a limit, 5 seconds by default, counted from its beginning; then the database rolls it back and every further call
/// fails with [`StoreErrorKind::Expired`](crate::store::StoreErrorKind::Expired). On SQLite all other transactions of the file
/// wait for it. A handler that blocks its thread cannot be stopped, but its transaction is.
pub struct Tx {
    txn: Txn,
    inner: Arc<Inner>,
    number: u64,
    has_ended: Arc<AtomicBool>,
}

/// What stays with the ledger of a transaction that was handed over.
pub(super) struct Handed {
    number: u64,
    has_ended: Arc<AtomicBool>,
}

/// The point to which a handler's statements belong. When it is gone, the handler has ended the transaction.
const SAVEPOINT: &str = "SAVEPOINT ottpay_handler";
const RELEASE: &str = "RELEASE SAVEPOINT ottpay_handler";

/// Numbers transactions, so that two cannot be exchanged.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Tx {
    /// Runs a statement with the parameters `$1`, `$2`, …; gives how many rows it changed. It must not be `COMMIT`, `ROLLBACK`
    /// or the like: the event would be parked.
    ///
    /// # Errors
    /// [`StoreError`]. On PostgreSQL nothing works in the transaction after a statement that failed.
    pub async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let ended = self.txn.raw().execute(sql, values).await;
        self.watch(ended)
    }

    /// Runs a statement that gives rows: a `SELECT`, or one with `RETURNING`.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let ended = self.txn.raw().query(sql, values).await;
        self.watch(ended)
    }

    /// Notes a request that may move money, such as a refund, in this transaction. The worker sends it after the commit, once; if
    /// the handler fails, it is not sent. What becomes of it is an event of its own.
    ///
    /// One with sensitive fields cannot be noted: they are not stored.
    ///
    /// # Errors
    /// [`SendError`]; none of it has been sent.
    pub async fn send_later<R>(&mut self, request: &R, of: &Reference) -> Result<(), SendError>
    where
        R: Write + Trackable + Serialize,
    {
        let note = Note::of(request, request.tracked(), of);
        let stored = serde_json::to_string(request);
        let stored = stored.map_err(|_| SendError::NotRestorable("it cannot be stored"))?;
        self.inner.note_later(&mut self.txn, note, &stored).await
    }

    /// Notes that the handler tried to end the transaction, even if it goes on as if nothing had happened.
    fn watch<T>(&self, ended: Result<T, StoreError>) -> Result<T, StoreError> {
        if ended.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::NotInTransaction) {
            self.has_ended.store(true, Ordering::Relaxed);
        }
        ended
    }

    /// Sets the savepoint, and makes it what is handed over.
    pub(super) async fn begin(mut txn: Txn, inner: &Arc<Inner>) -> Result<(Self, Handed), StoreError> {
        txn.execute(SAVEPOINT, &[]).await?;
        let (number, has_ended) = (NEXT.fetch_add(1, Ordering::Relaxed), Arc::<AtomicBool>::default());
        let handed = Handed { number, has_ended: Arc::clone(&has_ended) };
        Ok((Self { txn, inner: Arc::clone(inner), number, has_ended }, handed))
    }
}

impl Handed {
    /// The transaction, if what the handler gave back is it, and it is still open.
    pub(super) async fn end(self, given: Result<Tx, Fail>) -> Result<Txn, Fail> {
        if self.has_ended.load(Ordering::Relaxed) {
            return Err(Fail::permanent("HandlerEndedTransaction: the handler would end the transaction by itself"));
        }
        let mut tx = given?;
        if tx.number != self.number {
            return Err(Fail::permanent("the handler gave back the transaction of another event"));
        }
        match tx.txn.execute(RELEASE, &[]).await {
            Ok(_) => Ok(tx.txn),
            Err(error) if error.is_transient() => Err(error.into()),
            Err(error) => Err(Fail::permanent(format!(
                "HandlerEndedTransaction: the handler ended the transaction by itself, or went on after a statement that \
                 failed: {error}"
            ))),
        }
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}
