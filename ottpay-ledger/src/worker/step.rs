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

/// More events than any answer has.
const MOST: usize = 64;

/// How a step ended.
pub(super) enum Step {
    /// There is nothing to hand over, and the turn has ended.
    Quiet,
    /// Somebody else has the order now.
    Over,
    /// An event, whose row is written in the open transaction.
    Event(Txn, Box<Handing>),
}

/// An event on its way to the shop.
pub(super) struct Handing {
    pub(super) event: Event,
    /// The number of the attempt in the event's row.
    pub(super) attempt: i64,
    /// Where it is after the event, if that is done in this transaction.
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
    let mut txn = inner.db.begin_with(inner.settings.handler_limit).await?;
    let Some(mut order) = lock(&mut txn, turn).await? else { return Ok(Step::Over) };
    if order.is_ahead_of(turn) {
        // What was asked is out of date.
        let again = TurnEnd { next_at: Some(order.after(0)), ..TurnEnd::default() };
        order.end_turn(&mut txn, turn, again).await?;
        return commit(txn).await.map(|()| Step::Quiet);
    }
    if turn.state == State::Sending {
        order.tracked = asked.tracked.clone();
        order.position.state = asked.state;
    }
    for _ in 0..MOST {
        let step = evaluate(&order.case(limits), &asked.found);
        let Some((kind, key)) = step.event.clone() else {
            let is_contradicted = contradicts_verdict(&mut txn, turn, &order, asked).await?;
            end(&mut txn, turn, order, step, asked).await?;
            commit(txn).await?;
            if is_contradicted {
                let (merchant_id, order_id) = (turn.merchant.clone(), turn.id.clone());
                let kind = State::Settled.as_str().to_owned();
                inner.settings.alerts.raise_once(&Alert::Decide { merchant_id, order_id, kind });
            }
            return Ok(Step::Quiet);
        };
        let after = After::new(&order.position, order.sends, step.after);
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
            // It is done already: only the order did not say so.
            order.move_to(&mut txn, turn, after.position).await?;
            continue;
        };
        if offering == Offering::InThisTransaction {
            // Before the handler, which may note a refund of what it was told.
            order.move_to(&mut txn, turn, after.position).await?;
            if matches!(event.kind, Kind::Refunded(_)) {
                add_to_payment(&mut txn, &turn.merchant, order.original.as_deref(), order.amount).await?;
            }
        }
        return Ok(Step::Event(txn, Box::new(Handing { event, attempt, order })));
    }
    Err(StoreError::new(StoreErrorKind::Statement, "an order has more events than one answer can have"))
}

impl Handing {
    /// The state from which the turn goes on after the event.
    pub(super) fn state(&self) -> State {
        self.order.position.state
    }

    /// Writes what is to be written after the handler: rows that others write as well are not locked while it runs. If there
    /// is no further event the turn ends with this transaction; says whether it does.
    pub(super) async fn finish(
        self,
        txn: &mut Txn,
        turn: &Turn,
        asked: &Asked,
        limits: &Limits,
    ) -> Result<bool, StoreError> {
        prove(txn, turn, &self.order, &self.event.kind).await?;
        let step = evaluate(&self.order.case(limits), &asked.found);
        if step.event.is_none() {
            end(txn, turn, self.order, step, asked).await?;
            return Ok(true);
        }
        // The next handler of this turn is counted before it runs.
        let sql = "UPDATE {orders} SET tracked = $4, tries = 1, failing_since = NULL, failure = NULL
                   WHERE merchant = $1 AND id = $2 AND turn = $3";
        let [merchant, id, number] = turn.fence();
        txn.execute(sql, &[merchant, id, number, self.order.tracked.to_json().into()]).await?;
        Ok(false)
    }

    /// Commits the offer of the event: for so many milliseconds the order belongs to the claimant.
    pub(super) async fn commit_offer(
        self,
        mut txn: Txn,
        turn: &Turn,
        asked: &Asked,
        lease: i64,
    ) -> Result<(Event, i64), StoreError> {
        let Self { event, attempt, mut order } = self;
        let position = order.position.clone();
        order.move_to(&mut txn, turn, position).await?;
        prove(&mut txn, turn, &order, &event.kind).await?;
        let leased_until = Some(order.after(lease));
        order.end_turn(&mut txn, turn, TurnEnd { answer: asked.answer(), leased_until, ..TurnEnd::default() }).await?;
        commit(txn).await?;
        Ok((event, attempt))
    }
}

/// Locks the order if the turn is not over, so that nobody else completes an event of it from now on.
async fn lock(txn: &mut Txn, turn: &Turn) -> Result<Option<Order>, StoreError> {
    match Order::lock(txn, turn).await? {
        Some(order) if order.is_offered => {
            withdraw_offers(txn, &turn.merchant, &turn.id).await?;
            fold_order(txn, &turn.merchant, &turn.id).await?;
            let order = Order::lock(txn, turn).await?;
            // It was reserved with an offer of `Paid` that nobody has completed. If it is paid now, it is reserved again.
            if let Some(order) = order.as_ref().filter(|order| order.position.paid.is_none()) {
                release_reference(txn, &turn.merchant, order.reference.as_str(), &turn.id).await?;
            }
            Ok(order)
        }
        order => Ok(order),
    }
}

/// Writes where the order is when there is no event, and ends the turn.
async fn end(txn: &mut Txn, turn: &Turn, mut order: Order, step: Evaluated, asked: &Asked) -> Result<(), StoreError> {
    order.move_to(txn, turn, step.after).await?;
    let (next_at, answer) = (step.next.at(), asked.answer());
    order.end_turn(txn, turn, TurnEnd { next_at, step: step.next.step(), answer, leased_until: None }).await
}

/// Whether a person has called the order not paid, and the gateway names money. What they decided stays; they are told.
async fn contradicts_verdict(txn: &mut Txn, turn: &Turn, order: &Order, asked: &Asked) -> Result<bool, StoreError> {
    if order.position.state != State::Settled || !names_money(&asked.found) {
        return Ok(false);
    }
    let sql = "SELECT verdict FROM {verdicts} WHERE merchant = $1 AND id = $2 ORDER BY serial DESC LIMIT 1";
    let verdict = txn.query_first(sql, &turn.key()).await?.map(|row| row.get::<String>(0)).transpose()?;
    Ok(verdict.is_some_and(|verdict| verdict == Verdict::NotPaid.as_str()))
}

/// Notes that a query has confirmed a payment of this action, or a refund.
async fn prove(txn: &mut Txn, turn: &Turn, order: &Order, kind: &Kind) -> Result<(), StoreError> {
    if order.is_proven() || !kind.proves_query() {
        return Ok(());
    }
    let sql = "INSERT INTO {proven} (merchant, action, proven_at) VALUES ($1, $2, {now}) ON CONFLICT DO NOTHING";
    txn.execute(sql, &[turn.merchant.as_str().into(), order.action.as_str().into()]).await?;
    Ok(())
}
