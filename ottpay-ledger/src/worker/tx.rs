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

/// A transaction of the shop's database, in which a handler completes an event.
///
/// What is written through it and the mark that the event is done commit together or not at all. Return it from the
/// handler, and the ledger commits. Dropping it rolls it back.
///
/// It has a time limit, 5 seconds by default, which starts when it begins. After that the database rolls it back, and
/// every further call fails with [`StoreErrorKind::Expired`](crate::store::StoreErrorKind::Expired). On SQLite all
/// other transactions on the file wait for it. A handler that blocks its thread cannot be stopped, but its transaction
/// is.
pub struct Tx {
    txn: Txn,
    inner: Arc<Inner>,
    number: u64,
    has_ended: Arc<AtomicBool>,
}

/// The part of a handed-over transaction that stays with the ledger.
pub(super) struct Handed {
    number: u64,
    has_ended: Arc<AtomicBool>,
}

/// The savepoint around the handler's statements. If it no longer exists, the handler has ended the transaction.
const SAVEPOINT: &str = "SAVEPOINT ottpay_handler";
const RELEASE: &str = "RELEASE SAVEPOINT ottpay_handler";

/// Numbers the transactions, so that a handler cannot return the transaction of another event.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Tx {
    /// Runs a statement with the parameters `$1`, `$2` and so on, and returns the number of rows it changed. The
    /// statement must not end the transaction, as `COMMIT` and `ROLLBACK` do: otherwise the event is parked.
    ///
    /// # Errors
    /// [`StoreError`]. On PostgreSQL, every later statement of the transaction fails as well.
    pub async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let ended = self.txn.raw_mut().execute(sql, values).await;
        self.note_end(ended)
    }

    /// Runs a statement that returns rows: a `SELECT`, or one with `RETURNING`.
    ///
    /// # Errors
    /// Those of [`execute`](Self::execute).
    pub async fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let ended = self.txn.raw_mut().query(sql, values).await;
        self.note_end(ended)
    }

    /// Notes a request that may move money, such as a refund, in this transaction. The worker sends it once, after the
    /// commit; if the handler fails, it is not sent. Its outcome is an event of its own.
    ///
    /// A request with sensitive fields cannot be noted, because they are not stored.
    ///
    /// # Errors
    /// [`SendError`]; nothing has been sent.
    pub async fn send_later<R>(&mut self, request: &R, of: &Reference) -> Result<(), SendError>
    where
        R: Write + Trackable + Serialize,
    {
        let note = Note::for_request(request, request.tracked(), of);
        let stored = serde_json::to_string(request);
        let stored = stored.map_err(|_| SendError::NotRestorable("it cannot be serialized"))?;
        self.inner.note_later(&mut self.txn, note, &stored).await
    }

    /// Records that the handler tried to end the transaction, even if the handler ignores the error.
    fn note_end<T>(&self, ended: Result<T, StoreError>) -> Result<T, StoreError> {
        if ended.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::NotInTransaction) {
            self.has_ended.store(true, Ordering::Relaxed);
        }
        ended
    }

    /// Sets the savepoint and wraps the transaction for the handler.
    pub(super) async fn begin(mut txn: Txn, inner: &Arc<Inner>) -> Result<(Self, Handed), StoreError> {
        txn.execute(SAVEPOINT, &[]).await?;
        let (number, has_ended) = (NEXT.fetch_add(1, Ordering::Relaxed), Arc::<AtomicBool>::default());
        let handed = Handed { number, has_ended: Arc::clone(&has_ended) };
        Ok((Self { txn, inner: Arc::clone(inner), number, has_ended }, handed))
    }
}

impl Handed {
    /// Returns the transaction, if it is the one that the handler returned and it is still open.
    pub(super) async fn into_txn(self, given: Result<Tx, Fail>) -> Result<Txn, Fail> {
        // Checked before the handler's own result: the error of the statement may be in it, and would count as
        // transient.
        if self.has_ended.load(Ordering::Relaxed) {
            return Err(Fail::permanent("HandlerEndedTransaction: the handler tried to end the transaction itself"));
        }
        let mut tx = given?;
        if tx.number != self.number {
            return Err(Fail::permanent("the handler returned the transaction of another event"));
        }
        match tx.txn.execute(RELEASE, &[]).await {
            Ok(_) => Ok(tx.txn),
            // A lost connection or a passed time limit does not show that the handler has ended the transaction.
            Err(error) if error.is_transient() => Err(error.into()),
            Err(error) => Err(Fail::permanent(format!(
                "HandlerEndedTransaction: the handler ended the transaction itself, or continued after a statement that \
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
