//! One turn from its beginning to its end, for a worker with a handler.

use std::sync::Arc;

use ottpay::Outcome;

use super::asking::query_gateway;
use super::committing::commit;
use super::fail::Fail;
use super::failing::{check_lost, note_failure};
use super::hand_over::{Going, hand_over};
use super::offer::Offering;
use super::order::take_hints;
use super::step::{Step, make_step};
use super::turn::Turn;
use super::tx::Tx;
use crate::alert::Alert;
use crate::db::Txn;
use crate::evaluate::Limits;
use crate::event::Event;
use crate::ledger::Inner;
use crate::row::parse_state;
use crate::state::State;

/// Works on an order until there are no more events.
pub(super) async fn work_on<F, Fut>(inner: &Arc<Inner>, mut turn: Turn, limits: &Limits, handler: &Arc<F>)
where
    F: Fn(Event, Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Tx, Fail>> + Send + 'static,
{
    if let Err(fail) = try_work(inner, &mut turn, limits, handler).await {
        note_failure(inner, &turn, &fail).await;
    }
}

async fn try_work<F, Fut>(inner: &Arc<Inner>, turn: &mut Turn, limits: &Limits, handler: &Arc<F>) -> Result<(), Fail>
where
    F: Fn(Event, Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Tx, Fail>> + Send + 'static,
{
    check_turn(inner, turn)?;
    if send_if_noted(inner, turn).await? {
        return Ok(());
    }
    let asked = query_gateway(inner, turn).await?;
    loop {
        match make_step(inner, turn, &asked, limits, Offering::InThisTransaction).await? {
            Step::Quiet | Step::Over => return Ok(()),
            Step::Event(txn, handing) => {
                let event = handing.event.clone();
                let going = Going { turn, asked: &asked, limits, handler };
                let state = hand_over(inner, going, txn, *handing).await?;
                raise_alert(inner, &event);
                let Some(state) = state else { return Ok(()) };
                // `Handing::finish` has written the same into the row.
                (turn.state, turn.tries, turn.failing_since) = (state, 1, None);
            }
        }
    }
}

/// Checks that precede the work of every turn.
pub(super) fn check_turn(inner: &Inner, turn: &Turn) -> Result<(), Fail> {
    check_lost(inner, turn)?;
    if turn.hint.is_pending && turn.hint.is_differing {
        let (merchant_id, order_id) = (turn.merchant.clone(), turn.id.clone());
        inner.settings.alerts.raise_once(&Alert::Tampered { merchant_id, order_id });
    }
    Ok(())
}

/// Sends a request that a handler noted, outside any transaction, and ends the turn. Returns whether there was one.
pub(super) async fn send_if_noted(inner: &Arc<Inner>, turn: &mut Turn) -> Result<bool, Fail> {
    if turn.state != State::Noted {
        return Ok(false);
    }
    match inner.send_noted(&turn.merchant, &turn.id).await {
        Ok(()) => {}
        Err(error) if error.outcome() == Outcome::Never => return Err(Fail::permanent(error.to_string())),
        Err(error) => return Err(error.into()),
    }
    let mut txn = inner.db.begin().await?;
    if let Some(fail) = find_unsent(&mut txn, turn).await? {
        commit(txn).await?;
        return Err(fail);
    }
    // The result is stored in the row, and is evaluated in a turn of its own.
    let sql = "UPDATE {orders} SET turn_until = NULL, tries = 0, failing_since = NULL, failure = NULL
               WHERE merchant = $1 AND id = $2 AND turn = $3";
    txn.execute(sql, &turn.fence()).await?;
    take_hints(&mut txn, turn).await?;
    commit(txn).await?;
    Ok(true)
}

/// Finds why the request was not sent, if it was not. The turn then counts as failed, although sending has reset the
/// count.
async fn find_unsent(txn: &mut Txn, turn: &mut Turn) -> Result<Option<Fail>, Fail> {
    let sql = "UPDATE {orders} SET tries = $5, failing_since = CAST($6 AS BIGINT)
               WHERE merchant = $1 AND id = $2 AND turn IN ($3, $4) AND state IN ('noted', 'not_sent')
               RETURNING turn, state, answer";
    let [merchant, id, number] = turn.fence();
    // Sending raises the number of the turn, unless it was given up before that.
    let sent = turn.number.saturating_add(1);
    let values = [merchant, id, number, sent.into(), turn.tries.into(), turn.failing_since.into()];
    let Some(row) = txn.query_first(sql, &values).await? else { return Ok(None) };
    turn.number = row.get(0)?;
    let answer = row.get::<Option<String>>(2)?.unwrap_or_default();
    Ok(Some(match parse_state(&row.get::<String>(1)?)? {
        State::NotSent => Fail::permanent(format!("the request cannot be sent: {answer}")),
        _ => Fail::transient(format!("the request did not reach the gateway: {answer}")),
    }))
}

/// Raises an alert for an event that needs a person's decision.
pub(super) fn raise_alert(inner: &Inner, event: &Event) {
    if event.kind.needs_person() {
        inner.settings.alerts.raise(&Alert::Decide {
            merchant_id: event.merchant_id.clone(),
            order_id: event.order_id.clone(),
            kind: event.kind.as_str().to_owned(),
        });
    }
}
