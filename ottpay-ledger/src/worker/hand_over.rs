//! Hands an event to the shop's handler, in a task of its own and in the transaction that marks it as done.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use super::asking::Asked;
use super::fail::Fail;
use super::step::Handing;
use super::turn::Turn;
use super::tx::Tx;
use crate::db::Txn;
use crate::evaluate::Limits;
use crate::event::{Event, Key};
use crate::inside::inside_handler;
use crate::ledger::Inner;
use crate::state::State;
use crate::store::{CommitError, StoreError};

/// What a handler's turn needs.
pub(super) struct Going<'a, F> {
    pub(super) turn: &'a Turn,
    pub(super) asked: &'a Asked,
    pub(super) limits: &'a Limits,
    pub(super) handler: &'a Arc<F>,
}

/// Runs the handler and commits. Returns the state from which the turn continues, or `None` if it has ended.
pub(super) async fn hand_over<F, Fut>(
    inner: &Arc<Inner>,
    going: Going<'_, F>,
    txn: Txn,
    handing: Handing,
) -> Result<Option<State>, Fail>
where
    F: Fn(Event, Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Tx, Fail>> + Send + 'static,
{
    let limit = inner.settings.handler_limit;
    // The builder limits `limit` to an hour, so the sum does not overflow in practice.
    let deadline = Instant::now().checked_add(limit);
    let (event, attempt, state) = (handing.event.clone(), handing.attempt, handing.state());
    let key = event.key;
    let (tx, handed) = Tx::begin(txn, inner).await?;
    let span = tracing::info_span!(
        target: "ottpay",
        "process ottpay.event",
        "ottpay.event" = event.kind.as_str(),
        "ottpay.attempt" = event.attempt,
    );
    let handler = Arc::clone(going.handler);
    // The handler is called inside the task, because it may panic before its first await.
    let task = tokio::spawn(inside_handler(async move { handler(event, tx).await }).instrument(span));
    // Dropping the worker also ends the handler.
    let _guard = AbortOnDrop(task.abort_handle());
    let ended = match deadline {
        Some(deadline) => timeout_at(deadline, task).await.map_err(|_| too_slow(limit))?,
        None => task.await,
    };
    let given = ended.map_err(|error| match error.is_panic() {
        // A panic message may contain anything, so it is not stored.
        true => Fail::transient("the handler panicked"),
        false => Fail::transient("the handler was stopped with its runtime"),
    })?;
    let mut txn = handed.into_txn(given).await?;
    let is_last = handing.finish(&mut txn, going.turn, going.asked, going.limits).await?;
    let state = Some(state).filter(|_| !is_last);
    match txn.commit().await {
        Ok(()) => Ok(state),
        Err(CommitError::NotCommitted(error)) => Err(error.into()),
        Err(CommitError::Unknown(error)) => match is_done(inner, key, attempt).await {
            Ok(true) => Ok(state),
            Ok(false) => Err(error.into()),
            // The next turn starts from what the database contains.
            Err(_) => Err(Fail::transient(format!("the answer to COMMIT was lost, so the event may be done: {error}"))),
        },
    }
}

fn too_slow(limit: Duration) -> Fail {
    Fail::transient(format!("the handler exceeded its limit of {} ms", limit.as_millis()))
}

/// Checks whether this attempt to hand over an event was committed. Retries until the database is reachable, for up to
/// a minute: repeating the handler without knowing would break the promise.
async fn is_done(inner: &Inner, key: Key, attempt: i64) -> Result<bool, StoreError> {
    let mut pause = Duration::from_millis(100);
    loop {
        match try_is_done(inner, key, attempt).await {
            Err(_) if pause < Duration::from_secs(30) => sleep(pause).await,
            ended => return ended,
        }
        pause = pause.saturating_mul(2);
    }
}

async fn try_is_done(inner: &Inner, key: Key, attempt: i64) -> Result<bool, StoreError> {
    let mut txn = inner.db.begin().await?;
    let sql = "SELECT 1 FROM {events} WHERE key = $1 AND attempt = $2 AND done_at IS NOT NULL";
    Ok(txn.query_first(sql, &[key.to_string().into(), attempt.into()]).await?.is_some())
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use ottpay::{Client, Currency, SignKey};

    use super::*;
    use crate::store::{BoxFuture, Dialect, RawTx, Store, StoreErrorKind};
    use crate::{Ledger, Sqlite};

    /// A store in which the next so many transactions cannot begin.
    #[derive(Debug, Clone)]
    struct Away {
        store: Sqlite,
        left: Arc<AtomicU32>,
    }

    impl Store for Away {
        fn dialect(&self) -> Dialect {
            self.store.dialect()
        }

        fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
            let one_less = |left: u32| left.checked_sub(1);
            match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
                Ok(_) => Box::pin(async { Err(StoreError::new(StoreErrorKind::Unavailable, "away")) }),
                Err(_) => self.store.begin(limit),
            }
        }
    }

    #[tokio::test]
    async fn a_database_that_is_away_after_a_commit_is_waited_for_but_not_forever() {
        let client = Client::builder().endpoint("http://127.0.0.1:9").merchant_id("M").currency(Currency::CAD);
        let client = client.sign_key(SignKey::new("key").unwrap()).build().unwrap();
        let store = Away { store: Sqlite::memory(), left: Arc::default() };
        let ledger = Ledger::open(store.clone(), [client]).await.unwrap();
        let key = Key::new("environment", "M", "T1", "paid");
        tokio::time::pause();
        for (away, seconds, is_known) in
            [(0, 0.0, true), (1, 0.1, true), (4, 1.5, true), (9, 51.1, true), (99, 51.1, false)]
        {
            store.left.store(away, Ordering::SeqCst);
            let start = Instant::now();
            assert_eq!(is_done(&ledger.0, key, 1).await.ok(), is_known.then_some(false), "{away}");
            let waited = start.elapsed().as_secs_f64();
            assert!((waited - seconds).abs() < 0.05, "{away}: {waited}");
        }
        assert_eq!(store.left.load(Ordering::SeqCst), 99 - 10, "it looks ten times");
    }
}
