//! One step of an order under the lock of its row: to the next event, or to the end of the turn.

use super::asking::Asked;
use super::committing::commit;
use super::fold::{add_to_payment, fold_order};
use super::offer::{After, Offering, withdraw_offers, write_event};
use super::order::{Order, TurnEnd};
use super::reserve::{release_reference, reserve_reference};
use super::turn::Turn;
use super::verdict::Verdict;
use crate::alert::Alert;
use crate::db::Txn;
use crate::evaluate::{Limits, Step as Evaluated, evaluate, names_money};
use crate::event::{Event, Kind};
use crate::ledger::Inner;
use crate::state::State;
use crate::store::{StoreError, StoreErrorKind};

/// More events than any answer can cause.
const MOST: usize = 64;

/// How a step ended.
pub(super) enum Step {
    /// There was nothing to hand over, and the turn has ended.
    Quiet,
    /// Another turn has the order now.
    Over,
    /// An event, whose row is written in the open transaction.
    Event(Txn, Box<Handing>),
}

/// An event on its way to the shop.
pub(super) struct Handing {
    pub(super) event: Event,
    /// The number of the attempt in the event's row.
    pub(super) attempt: i64,
    /// The order, already at its position after the event if the event is done in this transaction.
    order: Order,
}

/// Makes the next step of an order.
pub(super) async fn make_step(
    inner: &Inner,
    turn: &Turn,
    asked: &Asked,
    limits: &Limits,
    offering: Offering,
) -> Result<Step, StoreError> {
    // If there is an event, this becomes the handler's transaction.
    let mut txn = inner.db.begin_with(inner.settings.handler_limit).await?;
    let Some(mut order) = lock_order(&mut txn, turn).await? else { return Ok(Step::Over) };
    if order.is_ahead_of(turn) {
        // The order has changed since the query, so the answer is out of date.
        let again = TurnEnd { next_at: Some(order.time_after(0)), ..TurnEnd::default() };
        order.end_turn(&mut txn, turn, again).await?;
        return commit(txn).await.map(|()| Step::Quiet);
    }
    // The time limit of the request has passed. `asked` already contains the lost attempt, and the row does not.
    if turn.state == State::Sending {
        order.tracked = asked.tracked.clone();
        order.position.state = asked.state;
    }
    for _ in 0..MOST {
        let step = evaluate(&order.as_case(limits), &asked.found);
        let Some((kind, key)) = step.event.clone() else {
            let is_contradicted = contradicts_verdict(&mut txn, turn, &order, asked).await?;
            end_turn(&mut txn, turn, order, step, asked).await?;
            commit(txn).await?;
            if is_contradicted {
                let (merchant_id, order_id) = (turn.merchant.clone(), turn.id.clone());
                let kind = State::Settled.as_str().to_owned();
                inner.settings.alerts.raise_once(&Alert::Decide { merchant_id, order_id, kind });
            }
            return Ok(Step::Quiet);
        };
        let after = After::new(&order.position, order.sends, step.after);
        // The check and the reservation are one statement: of two orders of a reference that are confirmed at the same
        // time, only one is reported as `Paid`, the other one as `PaidAgain`.
        if matches!(kind, Kind::Paid(_))
            && let Some(other) = reserve_reference(&mut txn, &turn.merchant, order.reference.as_str(), &turn.id).await?
        {
            order.set_paid_by(other);
            continue;
        }
        let event = Event {
            key,
            merchant_id: turn.merchant.clone(),
            order_id: turn.id.clone(),
            reference: order.reference.clone(),
            attempt: turn.tries.try_into().unwrap_or(u32::MAX),
            kind,
        };
        let attempt = write_event(&mut txn, &event, &after, offering).await?;
        let Some(attempt) = attempt else {
            // The event is done already; only the order's row was not up to date.
            order.move_to(&mut txn, turn, after.position).await?;
            continue;
        };
        // A leased event changes the order's row only after its completion, when it is folded.
        if offering == Offering::InThisTransaction {
            // Before the handler runs, because it may note a refund of the payment it receives.
            order.move_to(&mut txn, turn, after.position).await?;
            if matches!(event.kind, Kind::Refunded(_)) {
                add_to_payment(&mut txn, &turn.merchant, order.original.as_deref(), order.amount).await?;
            }
        }
        return Ok(Step::Event(txn, Box::new(Handing { event, attempt, order })));
    }
    Err(StoreError::new(StoreErrorKind::Statement, "an order has more events than one answer can cause"))
}

impl Handing {
    /// The state from which the turn continues after the event.
    pub(super) fn state(&self) -> State {
        self.order.position.state
    }

    /// Writes what has to be written after the handler, so that rows which other transactions write as well are not
    /// locked while it runs. If there is no further event, the turn ends with this transaction. Returns whether it
    /// does.
    pub(super) async fn finish(
        self,
        txn: &mut Txn,
        turn: &Turn,
        asked: &Asked,
        limits: &Limits,
    ) -> Result<bool, StoreError> {
        record_proof(txn, turn, &self.order, &self.event.kind).await?;
        let step = evaluate(&self.order.as_case(limits), &asked.found);
        if step.event.is_none() {
            end_turn(txn, turn, self.order, step, asked).await?;
            return Ok(true);
        }
        // An attempt is counted before its handler runs, because the handler may end the process.
        let sql = "UPDATE {orders} SET tracked = $4, tries = 1, failing_since = NULL, failure = NULL
                   WHERE merchant = $1 AND id = $2 AND turn = $3";
        let [merchant, id, number] = turn.fence();
        txn.execute(sql, &[merchant, id, number, self.order.tracked.to_json().into()]).await?;
        Ok(false)
    }

    /// Commits the offer of the event, which gives the order to the claimant for this many milliseconds.
    pub(super) async fn commit_offer(
        self,
        mut txn: Txn,
        turn: &Turn,
        asked: &Asked,
        lease: i64,
    ) -> Result<(Event, i64), StoreError> {
        let Self { event, attempt, mut order } = self;
        // The position before the event: it is written only if it was derived, as after a lost reply.
        let position = order.position.clone();
        order.move_to(&mut txn, turn, position).await?;
        record_proof(&mut txn, turn, &order, &event.kind).await?;
        let leased_until = Some(order.time_after(lease));
        order.end_turn(&mut txn, turn, TurnEnd { answer: asked.answer(), leased_until, ..TurnEnd::default() }).await?;
        commit(txn).await?;
        Ok((event, attempt))
    }
}

/// Locks the order if the turn has not been taken over. After that, no other claimant completes one of its events.
async fn lock_order(txn: &mut Txn, turn: &Turn) -> Result<Option<Order>, StoreError> {
    match Order::lock(txn, turn).await? {
        Some(order) if order.is_offered => {
            withdraw_offers(txn, &turn.merchant, &turn.id).await?;
            fold_order(txn, &turn.merchant, &turn.id).await?;
            // A claim that was completed meanwhile has changed the row.
            let order = Order::lock(txn, turn).await?;
            // The reference was reserved with an offer of `Paid` that was never completed. If the order is still paid,
            // it is reserved again.
            if let Some(order) = order.as_ref().filter(|order| order.position.paid.is_none()) {
                release_reference(txn, &turn.merchant, order.reference.as_str(), &turn.id).await?;
            }
            Ok(order)
        }
        order => Ok(order),
    }
}

/// Writes the position of an order without a further event, and ends the turn.
async fn end_turn(
    txn: &mut Txn,
    turn: &Turn,
    mut order: Order,
    step: Evaluated,
    asked: &Asked,
) -> Result<(), StoreError> {
    order.move_to(txn, turn, step.after).await?;
    let (next_at, answer) = (step.next.due_at(), asked.answer());
    order.end_turn(txn, turn, TurnEnd { next_at, answer, leased_until: None }).await
}

/// Whether the gateway reports money for an order that a person declared unpaid. The verdict stays, but an alert is
/// raised.
async fn contradicts_verdict(txn: &mut Txn, turn: &Turn, order: &Order, asked: &Asked) -> Result<bool, StoreError> {
    if order.position.state != State::Settled || !names_money(&asked.found) {
        return Ok(false);
    }
    let sql = "SELECT verdict FROM {verdicts} WHERE merchant = $1 AND id = $2 ORDER BY serial DESC LIMIT 1";
    let verdict = txn.query_first(sql, &turn.key()).await?.map(|row| row.get::<String>(0)).transpose()?;
    Ok(verdict.is_some_and(|verdict| verdict == Verdict::NotPaid.as_str()))
}

/// Records that a query has confirmed a payment or refund of this action.
async fn record_proof(txn: &mut Txn, turn: &Turn, order: &Order, kind: &Kind) -> Result<(), StoreError> {
    if order.is_proven() || !kind.proves_query() {
        return Ok(());
    }
    let sql = "INSERT INTO {proven} (merchant, action, proven_at) VALUES ($1, $2, {now}) ON CONFLICT DO NOTHING";
    txn.execute(sql, &[turn.merchant.as_str().into(), order.action.as_str().into()]).await?;
    Ok(())
}
