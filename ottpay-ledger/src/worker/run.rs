//! The worker with a handler: works on several orders at once until it is stopped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::fail::Fail;
use super::turn::take_turns;
use super::tx::Tx;
use super::upkeep::{build_limits, keep_up};
use super::work::work_on;
use crate::alert::Alert;
use crate::evaluate::Limits;
use crate::event::Event;
use crate::ledger::{Inner, Ledger};
use crate::store::StoreError;

/// How many orders of one merchant are worked on at once.
const AT_ONCE: usize = 16;
/// The longest time between two reads: another process may have noted something.
const IDLE: Duration = Duration::from_secs(1);
/// The longest time between two reads of a store that is unreachable.
const AWAY: Duration = Duration::from_secs(5);
/// The time between two rounds of upkeep.
const UPKEEP: Duration = Duration::from_secs(60);

impl Ledger {
    /// Follows every order to its end, and hands each event to the handler: once for each transition, in a transaction
    /// of the shop's database. It runs until [`stop`](Self::stop) is called. Several workers may run, in one process or
    /// in several.
    ///
    /// What the handler writes through the [`Tx`] and the mark that the event is done commit together or not at all.
    /// The handler may run more than once for one event, because it failed or its process was killed. Everything that
    /// it does outside the `Tx` may therefore happen more than once, with the same [`Event::key`]. Events of one order
    /// never run at the same time.
    ///
    /// Before each attempt the gateway is queried again, so an event contains the current state. If a handler fails,
    /// panics or exceeds its time limit, it is rolled back and called again after 1 s, 2 s, 4 s … up to 15 min. After a
    /// [permanent](Fail::permanent) failure, or after ten attempts over more than a day, the order is parked: this
    /// event and later ones wait for [`replay`](Self::replay).
    ///
    /// ```no_run
    /// # async fn shop(ledger: ottpay_ledger::Ledger) {
    /// use ottpay_ledger::Kind;
    ///
    /// tokio::spawn(ledger.run(|event, mut tx| async move {
    ///     if let Kind::Paid(payment) = &event.kind {
    ///         let paid = payment.paid().amount().try_into()?;
    ///         tx.execute("UPDATE shop_orders SET paid = $2 WHERE id = $1", &[event.reference.as_str().into(), paid]).await?;
    ///     }
    ///     Ok(tx)
    /// }));
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RunError`] if the store fails in a way that waiting cannot fix. The worker waits for a store that is
    /// unreachable.
    pub fn run<F, Fut>(&self, handler: F) -> impl Future<Output = Result<(), RunError>> + Send + use<F, Fut>
    where
        F: Fn(Event, Tx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Tx, Fail>> + Send + 'static,
    {
        // The future borrows nothing of the ledger, so that `tokio::spawn` accepts it.
        let inner = Arc::clone(&self.0);
        async move { Run::new(inner, handler).work().await }
    }
}

struct Run<F> {
    inner: Arc<Inner>,
    handler: Arc<F>,
    limits: Arc<Limits>,
    /// How many more orders of each merchant may be worked on. Separate, so that one merchant does not wait for
    /// another.
    slots: BTreeMap<String, Arc<Semaphore>>,
    tasks: JoinSet<()>,
}

impl<F, Fut> Run<F>
where
    F: Fn(Event, Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Tx, Fail>> + Send + 'static,
{
    fn new(inner: Arc<Inner>, handler: F) -> Self {
        let limits = Arc::new(build_limits(&inner.settings));
        let slots =
            inner.clients.keys().map(|merchant| (merchant.clone(), Arc::new(Semaphore::new(AT_ONCE)))).collect();
        Self { inner, handler: Arc::new(handler), limits, slots, tasks: JoinSet::new() }
    }

    async fn work(mut self) -> Result<(), RunError> {
        let inner = Arc::clone(&self.inner);
        let mut stop = inner.stop.subscribe();
        let mut next_upkeep = Instant::now();
        let mut away = Duration::ZERO;
        while !*stop.borrow_and_update() {
            if next_upkeep <= Instant::now() {
                let inner = Arc::clone(&inner);
                // In a task of its own, so that no order waits while old rows are deleted.
                self.tasks.spawn(async move { keep_up(&inner).await });
                next_upkeep = Instant::now() + UPKEEP;
            }
            match self.begin_turns().await {
                Ok(()) => away = Duration::ZERO,
                Err(error) if error.is_transient() => {
                    inner.settings.alerts.raise_once(&Alert::Store { error: error.to_string() });
                    away = away.saturating_mul(2).clamp(Duration::from_millis(100), AWAY);
                }
                Err(error) => {
                    tracing::error!(target: "ottpay", %error, "the worker of the ledger stopped, because its store failed");
                    inner.settings.alerts.raise(&Alert::Store { error: error.to_string() });
                    return Err(RunError::Store(error));
                }
            }
            // While the store is away, only time or a stop ends the wait: each notification would be one more attempt
            // to reach it.
            let is_here = away == Duration::ZERO;
            tokio::select! {
                _ = stop.changed() => {}
                () = inner.wake.notified(), if is_here => {}
                _ = self.tasks.join_next(), if is_here && !self.tasks.is_empty() => {}
                () = sleep(if is_here { IDLE } else { away }) => {}
            }
            // A `JoinSet` keeps finished tasks until they are joined.
            while self.tasks.try_join_next().is_some() {}
        }
        // Each task ends at its own limit, so this wait is bounded.
        while self.tasks.join_next().await.is_some() {}
        Ok(())
    }

    /// Begins as many turns as there are free slots, or orders to work on. More begin when one of them ends.
    async fn begin_turns(&mut self) -> Result<(), StoreError> {
        for (merchant, slots) in &self.slots {
            let free = slots.available_permits();
            if free == 0 {
                continue;
            }
            for turn in take_turns(&self.inner, merchant, free.try_into().unwrap_or(1)).await? {
                let Ok(slot) = Arc::clone(slots).try_acquire_owned() else { continue };
                let (inner, handler, limits) =
                    (Arc::clone(&self.inner), Arc::clone(&self.handler), Arc::clone(&self.limits));
                self.tasks.spawn(async move {
                    work_on(&inner, turn, &limits, &handler).await;
                    drop(slot);
                });
            }
        }
        Ok(())
    }
}

/// Why a worker ended without being stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The store rejected a statement of the ledger, for example because a table is missing. Waiting does not fix this.
    #[error("the worker has stopped: {0}")]
    Store(#[source] StoreError),
}
