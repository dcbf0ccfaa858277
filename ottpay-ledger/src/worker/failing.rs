//! Records that a turn failed: when it is retried or that it is parked, and which alert to raise.

use std::time::Duration;

use super::committing::commit;
use super::fail::Fail;
use super::order::take_hints;
use super::parking::{Following, follow_failure, has_failed_enough};
use super::turn::Turn;
use crate::alert::Alert;
use crate::ledger::Inner;
use crate::store::{StoreError, Value};
use crate::time::millis;

/// Records the failure of a turn. If recording fails as well, the turn expires and is retried.
pub(super) async fn note_failure(inner: &Inner, turn: &Turn, fail: &Fail) {
    if let Err(error) = try_note_failure(inner, turn, fail).await {
        tracing::warn!(target: "ottpay", %error, "failed to record the failure of an order; it is retried later");
    }
}

pub(super) async fn try_note_failure(inner: &Inner, turn: &Turn, fail: &Fail) -> Result<(), StoreError> {
    let mut txn = inner.db.begin().await?;
    let now = txn.now().await?;
    let failing_for = millis_between(turn.failing_since.unwrap_or(now), now);
    let following = follow_failure(fail, turn.tries, failing_for, inner.settings.park_after);
    let (next_at, parked_at) = match following {
        Following::Again(delay) => (Some(now.saturating_add(millis(delay))), None),
        Following::Park => (None, Some(now)),
    };
    // `CASE` is on both databases; the larger of two values is `GREATEST` on one and `MAX` on the other.
    let sql = "UPDATE {orders} SET turn_until = NULL, failing_since = COALESCE(failing_since, $4), failure = $5,
                   next_at = CAST($6 AS BIGINT), parked_at = CAST($7 AS BIGINT),
                   alive_at = CASE WHEN CAST($8 AS BIGINT) > alive_at THEN CAST($8 AS BIGINT) ELSE alive_at END
               WHERE merchant = $1 AND id = $2 AND turn = $3";
    let [merchant, id, number] = turn.fence();
    // A callback counts as activity, even if the handler fails.
    let heard_at = turn.hint.last_at.filter(|_| turn.hint.is_pending);
    let (text, next_at, parked_at) = (fail.text().into(), next_at.into(), parked_at.into());
    let values: [Value; 8] = [merchant, id, number, now.into(), text, next_at, parked_at, heard_at.into()];
    if txn.execute(sql, &values).await? == 0 {
        // Another worker has taken the order since, or a person has settled it.
        return Ok(());
    }
    // Hints count as handled only if the order is queried without one, too. Otherwise the retry would not query it.
    if turn.state.needs_query(false) {
        take_hints(&mut txn, turn).await?;
    }
    commit(txn).await?;
    raise_alert(inner, turn, fail, following, failing_for);
    Ok(())
}

fn raise_alert(inner: &Inner, turn: &Turn, fail: &Fail, following: Following, failing_for: Duration) {
    let (merchant_id, order_id, failure) = (turn.merchant.clone(), turn.id.clone(), fail.text().to_owned());
    let settings = &inner.settings;
    match following {
        // An order is parked once, so this alert needs no limit.
        Following::Park => settings.alerts.raise(&Alert::Parked { merchant_id, order_id, failure }),
        Following::Again(_) if failing_for >= settings.alert_after => {
            let alert = Alert::Failing { merchant_id, order_id, since: failing_for, failure };
            settings.alerts.raise_once(&alert);
        }
        Following::Again(_) => {}
    }
}

/// Checks for turns that ended without a result before this one. It raises an alert, or fails, which parks the order
/// before anything is done: a handler that ends the process would otherwise end it again and again.
pub(super) fn check_lost(inner: &Inner, turn: &Turn) -> Result<(), Fail> {
    let Some(since) = turn.failing_since.filter(|_| turn.follows_lost) else { return Ok(()) };
    let failing_for = millis_between(since, turn.now);
    let fail = Fail::permanent("turns end without a result: does the handler end the process?");
    // The turn that begins now is counted already, but has not failed.
    if has_failed_enough(turn.tries.saturating_sub(1), failing_for, inner.settings.park_after) {
        return Err(fail);
    }
    raise_alert(inner, turn, &fail, Following::Again(Duration::ZERO), failing_for);
    Ok(())
}

fn millis_between(from: i64, to: i64) -> Duration {
    Duration::from_millis(to.saturating_sub(from).try_into().unwrap_or(0))
}
