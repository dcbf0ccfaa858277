//! Accepts callbacks: verifies them, stores them as hints, and only then acknowledges them.

use std::sync::Arc;
use std::time::Duration;

use crate::alert::Alert;
use crate::answer::Answer;
use crate::hint::{Tampered, store_hints};
use crate::ledger::{Inner, Ledger};
use crate::posted::{self, Posted, Unaccepted};
use crate::store::{CommitError, StoreError, StoreErrorKind};

/// The longest time before a callback is answered. The gateway's own timeout is not documented; ten seconds are common.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

impl Ledger {
    /// Accepts the body of a callback: verifies it, stores it as a reason to query its order, and returns the answer to
    /// send.
    ///
    /// For frameworks without an extractor in this crate; see also [`Ledger::handle`].
    ///
    /// A callback is acknowledged only after it has been stored durably. **A callback never counts as a payment**: it
    /// only makes the worker query the gateway about the order at once. A genuine callback is stored even if its fields
    /// cannot be read, if it may have been altered, or if its order was never noted. If nothing was stored, the
    /// answer's status is not 2xx, and the reason is traced.
    ///
    /// Callbacks that arrive at the same time are stored in one transaction. Dropping this future does not prevent them
    /// from being stored.
    pub async fn accept(&self, body: &[u8]) -> Answer {
        let (client, posted) = match posted::read(&self.0.clients, body) {
            Ok(read) => read,
            Err(Unaccepted::TooLarge) => return Answer::TOO_LARGE,
            Err(Unaccepted::Rejected) => return Answer::REJECTED,
        };
        match tokio::time::timeout(ANSWER_WITHIN, store(&self.0, posted)).await {
            Ok(true) => Answer::from_acknowledgement(client.acknowledgement()),
            Ok(false) => Answer::UNAVAILABLE,
            // The task that stores the callback continues. If the gateway repeats the callback, it counts as a
            // duplicate.
            Err(_) => {
                tracing::error!(target: "ottpay", "timed out while storing a callback, answered 503: the database is busy");
                Answer::UNAVAILABLE
            }
        }
    }
}

/// Stores a callback, in one batch with others that are waiting.
async fn store(inner: &Arc<Inner>, posted: Posted) -> bool {
    let shared = Arc::clone(inner);
    let store = move |batch| {
        let inner = Arc::clone(&shared);
        async move { store_batch(&inner, batch).await }
    };
    inner.collector.submit(posted, store).await
}

/// Stores a batch in one transaction and wakes the worker. Returns whether everything was stored.
async fn store_batch(inner: &Inner, posted: Vec<Posted>) -> bool {
    let mut stored = store_once(inner, &posted).await;
    // A serialization failure means that another process stored hints for the same orders. Nothing was committed, so a
    // second attempt is safe.
    if stored.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::Serialization) {
        stored = store_once(inner, &posted).await;
    }
    match stored {
        Ok(tampered) => {
            // `notify_one` keeps a permit: a worker that is reading the database at this moment reads it again.
            inner.wake.notify_one();
            for Tampered { merchant, id } in tampered {
                inner.settings.alerts.raise(&Alert::Tampered { merchant_id: merchant, order_id: id });
            }
            true
        }
        Err(error) => {
            tracing::error!(target: "ottpay", %error, count = posted.len(), "failed to store callbacks, answered 503");
            false
        }
    }
}

async fn store_once(inner: &Inner, posted: &[Posted]) -> Result<Vec<Tampered>, StoreError> {
    let mut txn = inner.db.begin().await?;
    let tampered = store_hints(&mut txn, posted, inner.settings.strays).await?;
    match txn.commit().await {
        Ok(()) => Ok(tampered),
        // A commit without an answer may have been applied. Answering 503 is still right: the gateway repeats the
        // callback, and a duplicate changes nothing.
        Err(CommitError::NotCommitted(error) | CommitError::Unknown(error)) => Err(error),
    }
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests {
    use ottpay::{Client, Currency, SignKey};
    use tokio::task::JoinSet;

    use super::*;
    use crate::store::sqlite::Sqlite;

    const MERCHANT: &str = "ON00004652";
    const CONNECTIONS: usize = 32;

    /// Starts after verification, which would take longer than everything else.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_hundred_thousand_duplicates_of_one_callback_are_one_hint() {
        const EACH: usize = 100_000 / CONNECTIONS;
        let client = Client::builder().endpoint("http://127.0.0.1:9").merchant_id(MERCHANT).currency(Currency::CAD);
        let client = client.sign_key(SignKey::new("A8B5FE540E38A5A9").unwrap()).build().unwrap();
        let ledger = Ledger::open(Sqlite::memory(), [client]).await.unwrap();
        let mut txn = ledger.0.db.begin().await.unwrap();
        let note = "INSERT INTO {orders} (merchant, id, role, action, reference, tracked, noted_at, state, alive_at)
                    VALUES ('ON00004652', 'T1', 'order', 'active_pay', 'tea', '{}', 0, 'open', 0)";
        txn.execute(note, &[]).await.unwrap();
        txn.commit().await.unwrap();
        let posted = Posted {
            merchant: MERCHANT.to_owned(),
            ids: vec!["T1".to_owned()],
            fields: Some("{}".to_owned()),
            digest: String::new(),
            vouches_for: None,
        };
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (inner, posted) = (Arc::clone(&ledger.0), posted.clone());
            connections.spawn(async move {
                for _ in 0..EACH {
                    assert!(store(&inner, posted.clone()).await);
                }
            });
        }
        while let Some(ended) = connections.join_next().await {
            ended.unwrap();
        }
        let mut txn = ledger.0.db.begin().await.unwrap();
        let rows = txn.query("SELECT id, seen FROM {hints}", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].get(0), rows[0].get(1)), (Ok("T1".to_owned()), Ok(100_000_i64)));
        assert!(txn.query("SELECT id FROM {strays}", &[]).await.unwrap().is_empty());
    }
}
