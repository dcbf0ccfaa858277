//! Events for shops with transactions of their own: an offer, and one statement that completes it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::asking::query_gateway;
use super::committing::commit;
use super::fail::Fail;
use super::failing::{note_failure, try_note_failure};
use super::fold::fold_order;
use super::offer::Offering;
use super::step::{Step, make_step};
use super::turn::{Turn, take_turns};
use super::upkeep::{build_limits, keep_up};
use super::work::{check_turn, raise_alert, send_if_noted};
use crate::evaluate::Limits;
use crate::event::Event;
use crate::ledger::{Inner, Ledger};
use crate::lock::lock_order;
use crate::store::{StoreError, StoreErrorKind, Value};

/// How long an event is leased to the claimant, in milliseconds.
const LEASE: i64 = 60_000;

/// After how many orders without an event a call returns.
const QUIET: u32 = 16;

/// The merchant with which a call begins; rotates, so that no merchant waits for another.
static FIRST: AtomicUsize = AtomicUsize::new(0);

// The attempt fences off an earlier claimant: every offer and every withdrawal raises it, so that a late completion
// changes no row.
const COMPLETION: &str = "UPDATE {events} SET done_at = {now} WHERE key = $1 AND attempt = $2 AND done_at IS NULL";

impl Ledger {
    /// Claims an event, for a shop that completes it in a transaction of its own: with sqlx, with diesel or in another
    /// language. Returns `None` if there is no event at present. Use [`run`](Self::run) where the ledger's own
    /// transactions suffice; it is simpler.
    ///
    /// The call queries the orders that are due, one merchant after the other, until one of them has an event,
    /// but at most 16 orders. It does not wait for events: call it regularly, for example once a second and after a
    /// callback. Several calls may run at once, even in several processes.
    ///
    /// The event is leased to the caller for one minute by the database's clock. After that, or after
    /// [`Claim::fail`], it is offered again, and a completion that arrives later changes no row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self) -> Result<Option<Claim>, StoreError> {
        let inner = &self.0;
        let limits = build_limits(&inner.settings);
        let merchants = inner.clients.len();
        let first = FIRST.fetch_add(1, Ordering::Relaxed).checked_rem(merchants).unwrap_or_default();
        let (mut idle, mut quiet) = (0, 0);
        for merchant in inner.clients.keys().cycle().skip(first) {
            // One turn at a time: if it has an event, the call returns, and further turns would expire unused.
            let Some(mut turn) = take_turns(inner, merchant, 1).await?.pop() else {
                idle += 1;
                // No merchant has any order due.
                if idle == merchants {
                    break;
                }
                continue;
            };
            match offer_event(inner, &mut turn, &limits).await {
                Ok(Some((event, attempt))) => return Ok(Some(Claim::new(inner, turn, event, attempt))),
                Ok(None) => {}
                Err(fail) => note_failure(inner, &turn, &fail).await,
            }
            (idle, quiet) = (0, quiet + 1);
            if quiet == QUIET {
                break;
            }
        }
        // A shop that only claims has no worker that would do the upkeep.
        keep_up(inner).await;
        Ok(None)
    }
}

async fn offer_event(inner: &Arc<Inner>, turn: &mut Turn, limits: &Limits) -> Result<Option<(Event, i64)>, Fail> {
    check_turn(inner, turn)?;
    if send_if_noted(inner, turn).await? {
        return Ok(None);
    }
    let asked = query_gateway(inner, turn).await?;
    match make_step(inner, turn, &asked, limits, Offering::Leased(LEASE)).await? {
        Step::Quiet | Step::Over => Ok(None),
        Step::Event(txn, handing) => {
            let (event, attempt) = handing.commit_offer(txn, turn, &asked, LEASE).await?;
            // After the commit: an offer that is rolled back is not reported.
            raise_alert(inner, &event);
            Ok(Some((event, attempt)))
        }
    }
}

/// An event that is leased to the caller. In a transaction of the shop's own, do the work and run the
/// [completion](Self::completion). If the claim is dropped, the event is offered again at the end of the lease.
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

    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Returns the statement that completes the event, and its parameters `$1` (a string) and `$2` (a 64-bit integer).
    ///
    /// Run it in the transaction that does the work. **It must change exactly one row; otherwise roll back**, because
    /// the event now belongs to another claimant.
    ///
    /// Run it first, so that two claimants do not do the same work: the second one waits and then changes no row.
    pub fn completion(&self) -> (&str, &[Value]) {
        (&self.sql, &self.values)
    }

    /// Completes the event in a transaction of its own, for shops that do the work elsewhere. Their work may happen
    /// more than once.
    ///
    /// # Errors
    /// [`StoreError`] of kind [`Conflict`](StoreErrorKind::Conflict) if the event now belongs to another claimant.
    pub async fn complete(self) -> Result<(), StoreError> {
        let mut txn = self.inner.db.begin().await?;
        // Lock the order before its event, as a worker does: otherwise the two could deadlock.
        lock_order(&mut txn, &self.turn.merchant, &self.turn.id).await?;
        if txn.execute(COMPLETION, &self.values).await? != 1 {
            return Err(StoreError::new(
                StoreErrorKind::Conflict,
                "the event is done or was offered to another claimant",
            ));
        }
        fold_order(&mut txn, &self.turn.merchant, &self.turn.id).await?;
        commit(txn).await?;
        self.inner.wake.notify_one();
        Ok(())
    }

    /// Reports that the work failed. The event is offered again later, or parked under the same rules as for
    /// [`run`](Ledger::run).
    ///
    /// # Errors
    /// [`StoreError`]. The event is then offered again at the end of the lease.
    pub async fn fail(self, why: Fail) -> Result<(), StoreError> {
        try_note_failure(&self.inner, &self.turn, &why).await
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("event", &self.event).finish_non_exhaustive()
    }
}
