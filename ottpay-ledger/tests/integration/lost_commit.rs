//! A commit whose answer is lost is read again before anything is repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use ottpay_ledger::Sqlite;
use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value};

use crate::common::Shared;
use crate::handled::{Following, eventually};

const WORKS: u8 = 0;
/// The transaction is committed.
const LOSES_THE_ANSWER: u8 = 1;
/// The transaction is not committed.
const LOSES_THE_COMMIT: u8 = 2;

/// A store that fails at the next commit of a transaction in which a handler ran.
#[derive(Debug, Clone)]
struct Failing {
    store: Sqlite,
    fault: Arc<AtomicU8>,
}

struct FailingTx {
    tx: Box<dyn RawTx>,
    fault: Arc<AtomicU8>,
    has_handled: bool,
}

impl Store for Failing {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async move {
            let (tx, fault) = (self.store.begin(limit).await?, Arc::clone(&self.fault));
            Ok(Box::new(FailingTx { tx, fault, has_handled: false }) as Box<dyn RawTx>)
        })
    }
}

impl RawTx for FailingTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.has_handled |= sql.starts_with("RELEASE");
        self.tx.execute(sql, values)
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        self.tx.query(sql, values)
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        let fault = if self.has_handled { self.fault.swap(WORKS, Ordering::SeqCst) } else { WORKS };
        Box::pin(async move {
            match fault {
                WORKS => return self.tx.commit().await,
                LOSES_THE_ANSWER => self.tx.commit().await?,
                _ => drop(self.tx),
            }
            let lost = StoreError::new(StoreErrorKind::Unavailable, "the connection is gone");
            Err(CommitError::Unknown(lost))
        })
    }
}

async fn pay_with(fault: u8) -> Following {
    let store = Failing { store: Sqlite::memory(), fault: Arc::default() };
    let shop = Following::open(Shared::new(store.clone())).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    store.fault.store(fault, Ordering::SeqCst);
    shop.work();
    eventually("the commit has failed", async || store.fault.load(Ordering::SeqCst) == WORKS).await;
    shop
}

#[tokio::test]
async fn rule_10_an_event_committed_without_an_answer_is_not_repeated() {
    let shop = pay_with(LOSES_THE_ANSWER).await;
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
    let failure = "SELECT tries || COALESCE(failure, '') FROM ottpay_orders";
    assert_eq!(shop.text(failure).await, "0", "nothing has failed");
    shop.hint("T1").await;
    shop.shop.ledger.advance(Duration::from_secs(3600));
    let pending = "SELECT COUNT(*) FROM ottpay_hints WHERE seen > taken";
    eventually("it is asked about again", async || shop.text(pending).await == "0").await;
    assert_eq!((shop.calls(), shop.written().await.len()), (1, 1));
}

#[tokio::test]
async fn uncommitted_work_is_repeated() {
    let shop = pay_with(LOSES_THE_COMMIT).await;
    let failure = "SELECT COALESCE(failure, '') FROM ottpay_orders";
    eventually("it is noted", async || shop.text(failure).await.contains("the connection is gone")).await;
    assert_eq!(shop.written().await, [""; 0]);
    shop.shop.ledger.advance(Duration::from_secs(2));
    assert_eq!(shop.until_written(1).await, ["paid T1 2"]);
    assert_eq!(shop.calls(), 2);
}
