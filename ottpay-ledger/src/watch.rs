//! Watches the orders of a reference, for a page on which a buyer waits.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::ledger::Ledger;
use crate::reference::Reference;
use crate::store::{BoxFuture, StoreError};
use crate::view::View;

/// How often to read the database, because other processes may have changed it.
const EVERY: Duration = Duration::from_secs(1);

/// The shortest time between two reads, however many commits this process makes.
const AT_MOST_EVERY: Duration = Duration::from_millis(200);

/// A stream of the orders of a reference: their current state, then again after each change. See [`Ledger::watch`].
#[must_use = "nothing is read until the stream is"]
pub struct Watch(Option<BoxFuture<'static, Step>>);

type Item = Result<Vec<View>, StoreError>;

/// An item of the stream, and the state from which it continues.
type Step = Option<(Item, Looking)>;

impl Ledger {
    /// Returns the orders of a reference now, and again after each change: at once for changes made by this process,
    /// within a second for those of other processes. The stream ends when the ledger [stops](Ledger::stop), and
    /// continues after an error.
    ///
    /// It is for display. To deliver goods, wait for the event.
    pub fn watch(&self, of: &Reference) -> Watch {
        let commits = self.0.db.commits();
        let looking = Looking { ledger: self.clone(), of: of.clone(), commits, shown: None, looked_at: None };
        Watch(Some(Box::pin(looking.next())))
    }
}

/// The state of a watch between two reads.
struct Looking {
    ledger: Ledger,
    of: Reference,
    /// Notified when this process has committed since the last read.
    commits: Receiver<()>,
    shown: Option<Vec<View>>,
    looked_at: Option<Instant>,
}

impl Looking {
    async fn next(mut self) -> Step {
        let mut stop = self.ledger.0.stop.subscribe();
        tokio::select! {
            // Otherwise a watch that always has changes might not notice the stop.
            biased;
            _ = stop.wait_for(|is_stopped| *is_stopped) => None,
            item = self.wait_for_change() => Some((item, self)),
        }
    }

    /// Reads until there is a change.
    async fn wait_for_change(&mut self) -> Item {
        loop {
            if let Some(last) = self.looked_at {
                // Only a read shows what other processes have changed, so it follows a commit and the timeout alike.
                let _ = timeout_at(last + EVERY, self.commits.changed()).await;
                sleep_until(last + AT_MOST_EVERY).await;
            }
            self.looked_at = Some(Instant::now());
            // Before the read, not after it: a commit that happens during the read must cause another one.
            self.commits.mark_unchanged();
            let found = self.ledger.view(&self.of).await?;
            if self.shown.as_ref() != Some(&found) {
                self.shown = Some(found.clone());
                return Ok(found);
            }
        }
    }
}

impl Stream for Watch {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        let Some(step) = &mut self.0 else { return Poll::Ready(None) };
        let (item, next) = ready!(step.as_mut().poll(context)).unzip();
        self.0 = next.map(|looking| -> BoxFuture<'static, Step> { Box::pin(looking.next()) });
        Poll::Ready(item)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use ottpay::{Client, Currency, SignKey};

    use super::*;
    use crate::Sqlite;

    #[tokio::test]
    async fn what_this_process_commits_is_seen_before_the_next_look() {
        let client = Client::builder()
            .endpoint("http://127.0.0.1:9")
            .merchant_id("M")
            .sign_key(SignKey::new("key").unwrap())
            .currency(Currency::CAD);
        let ledger = Ledger::open(Sqlite::memory(), [client.build().unwrap()]).await.unwrap();
        let mut watch = ledger.watch(&"1042".parse().unwrap());
        let mut next = async || std::future::poll_fn(|context| Pin::new(&mut watch).poll_next(context)).await;
        assert!(next().await.unwrap().unwrap().is_empty());
        let mut txn = ledger.0.db.begin().await.unwrap();
        let sql = "INSERT INTO {orders} (merchant, id, role, action, reference, tracked, noted_at, state, alive_at)
                   VALUES ('M', 'T1', 'order', 'active_pay', '1042', '{}', 1, 'open', 1)";
        txn.execute(&sql.replace("'{}'", "$1"), &["{}".into()]).await.unwrap();
        txn.commit().await.unwrap();
        let committed = Instant::now();
        assert_eq!(next().await.unwrap().unwrap().len(), 1);
        assert!(committed.elapsed() < EVERY - Duration::from_millis(300), "{:?}", committed.elapsed());
    }
}
