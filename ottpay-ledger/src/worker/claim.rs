//! Events for shops whose transactions are not the ledger's: an offer, and one statement that completes it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::asking::ask;
use super::committing::commit;
use super::fail::Fail;
use super::failing::{note_failure, try_note_failure};
use super::fold::fold_order;
use super::offer::Offering;
use super::step::{Step, make_step};
use super::turn::{Turn, take_turns};
use super::upkeep::{keep_up, limits};
use super::work::{check, send_if_noted, tell};
use crate::evaluate::Limits;
use crate::event::Event;
use crate::ledger::{Inner, Ledger};
use crate::lock::lock_order;
use crate::store::{StoreError, StoreErrorKind, Value};

/// How long an event belongs to the claimant, in milliseconds.
const LEASE: i64 = 60_000;

/// After how many orders without an event a call returns.
const QUIET: u32 = 16;

/// Which merchant comes first: each in turn.
static FIRST: AtomicUsize = AtomicUsize::new(0);

const COMPLETION: &str = "UPDATE {events} SET done_at = {now} WHERE key = $1 AND attempt = $2 AND done_at IS NULL";

impl Ledger {
    /// An event, for a shop that completes it in a transaction of its own, with sqlx, diesel or in another language; nothing if
    /// there is none at the moment. [`run`](Self::run) is simpler where the ledger's own transactions will do.
    ///
    /// It follows the orders that are due until one has an event, asking the gateway about each, one merchant after the other
    /// and 16 orders at most. It does not wait for events: call it again, once a second for example, and after a callback. Several may be called at once, in several processes.
    ///
    /// The event belongs to the caller for a minute by the database's clock. It is offered again after that, or after
    /// [`Claim::failed`], and a completion that comes later changes no row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self) -> Result<Option<Claim>, StoreError> {
        let inner = &self.0;
        let limits = limits(&inner.settings);
        let merchants = inner.clients.len();
        let first = FIRST.fetch_add(1, Ordering::Relaxed).checked_rem(merchants).unwrap_or_default();
        let (mut idle, mut quiet) = (0, 0);
        for merchant in inner.clients.keys().cycle().skip(first) {
            let Some(mut turn) = take_turns(inner, merchant, 1).await?.pop() else {
                idle += 1;
                if idle == merchants {
                    break;
                }
                continue;
            };
            match offer(inner, &mut turn, &limits).await {
                Ok(Some((event, attempt))) => return Ok(Some(Claim::new(inner, turn, event, attempt))),
                Ok(None) => {}
                Err(fail) => note_failure(inner, &turn, &fail).await,
            }
            (idle, quiet) = (0, quiet + 1);
            if quiet == QUIET {
                break;
            }
        }
        keep_up(inner).await;
        Ok(None)
    }
}

async fn offer(inner: &Arc<Inner>, turn: &mut Turn, limits: &Limits) -> Result<Option<(Event, i64)>, Fail> {
    check(inner, turn)?;
    if send_if_noted(inner, turn).await? {
        return Ok(None);
    }
    let asked = ask(inner, turn).await?;
    match make_step(inner, turn, &asked, limits, Offering::Leased(LEASE)).await? {
        Step::Quiet | Step::Over => Ok(None),
        Step::Event(txn, handing) => {
            let (event, attempt) = handing.commit_offer(txn, turn, &asked, LEASE).await?;
            tell(inner, &event);
            Ok(Some((event, attempt)))
        }
    }
}

/// An event that belongs to the caller until its lease is over. In a transaction of the shop's own, do what it asks for and run
/// the [completion](Self::completion). If it is dropped, the event is offered again when the lease is over.
#[must_use = "an event that is not completed is offered again"]
pub struct Claim {
    inner: Arc<Inner>,
    turn: Turn,
    event: Event,
    sql: String,
    values: [Value; 2],
}

impl Claim {
    fn new(inner: &Arc<Inner>, turn: Turn, event: Event, attempt: i64) -> Self {
        let values = [event.key.to_string().into(), attempt.into()];
        Self { inner: Arc::clone(inner), turn, sql: inner.db.expand(COMPLETION), values, event }
    }

    /// What has happened.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The statement that completes the event, with its parameters `$1`, a string, and `$2`, an integer of 64 bits. Run it in
    /// the transaction in which the event is acted upon. **It must change exactly one row; otherwise roll back**: the event
    /// belongs to another claimant by now.
    ///
    /// Run it first, so that two claimants do not do the same work: the second waits, and changes no row.
    pub fn completion(&self) -> (&str, &[Value]) {
        (&self.sql, &self.values)
    }

    /// Completes the event in a transaction of its own, for shops that act upon it elsewhere. What they do may happen more than
    /// once.
    ///
    /// # Errors
    /// [`StoreError`]: of the kind [`Conflict`](StoreErrorKind::Conflict) if the event belongs to another claimant by now.
    pub async fn done(self) -> Result<(), StoreError> {
        let mut txn = self.inner.db.begin().await?;
        lock_order(&mut txn, &self.turn.merchant, &self.turn.id).await?;
        if txn.execute(COMPLETION, &self.values).await? != 1 {
            return Err(StoreError::new(StoreErrorKind::Conflict, "the event belongs to another claimant, or is done"));
        }
        fold_order(&mut txn, &self.turn.merchant, &self.turn.id).await?;
        commit(txn).await?;
        self.inner.wake.notify_one();
        Ok(())
    }

    /// The event could not be acted upon: it is offered again later, or parked as [`run`](Ledger::run) says.
    ///
    /// # Errors
    /// [`StoreError`]. Then it is offered again when the lease is over.
    pub async fn failed(self, why: Fail) -> Result<(), StoreError> {
        try_note_failure(&self.inner, &self.turn, &why).await
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("event", &self.event).finish_non_exhaustive()
    }
}
