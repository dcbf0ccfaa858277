//! Upkeep: deletes old rows, and raises alerts for what has been waiting for too long.

use std::time::Duration;

use super::committing::commit;
use crate::alert::Alert;
use crate::evaluate::Limits;
use crate::ledger::Inner;
use crate::schedule::DAY;
use crate::settings::Settings;
use crate::store::StoreError;
use crate::time::millis;

/// The interval in milliseconds, in which only one worker does this.
const EVERY: i64 = 60_000;
/// How many rows are changed in one transaction. Small, so that a transaction does not block others for long.
const BATCH: i64 = 500;
/// How many transactions one round may have.
const ROUND: usize = 40;
/// Orders are never due later than this, in milliseconds: schedules end earlier. A later time was written while the clock was wrong.
const FAR: i64 = 36 * DAY;
/// For this number of orders or more, callbacks without a confirmation indicate a problem with the query.
const UNPROVEN: i64 = 3;

/// Keys of events and rows of orders are never deleted, because a late callback must find them. Conditions occur twice,
/// because PostgreSQL, after waiting for a callback that is being stored in the same row, re-evaluates only the outer
/// one.
const CLEANINGS: [&str; 3] = [
    "UPDATE {events} SET body = NULL WHERE serial IN (SELECT serial FROM {events}
        WHERE body IS NOT NULL AND done_at < {now} - CAST($1 AS BIGINT) ORDER BY done_at LIMIT $2)",
    "DELETE FROM {hints} WHERE (merchant, id) IN (SELECT merchant, id FROM {hints}
        WHERE seen <= taken AND last_at < {now} - CAST($1 AS BIGINT) ORDER BY last_at LIMIT $2)
        AND seen <= taken AND last_at < {now} - CAST($1 AS BIGINT)",
    "DELETE FROM {strays} WHERE serial IN (SELECT serial FROM {strays}
        WHERE last_at < {now} - CAST($1 AS BIGINT) ORDER BY serial LIMIT $2)
        AND last_at < {now} - CAST($1 AS BIGINT)",
];

/// Does one round, unless another worker has done one within the interval. If something fails, a later round does it.
pub(super) async fn keep_up(inner: &Inner) {
    let ended = async {
        if take_upkeep(inner).await? {
            clean_up(inner).await?;
            mend_times(inner).await?;
            look_at_hints(inner).await?;
            look_at_queries(inner).await?;
        }
        Ok::<_, StoreError>(())
    };
    if let Err(error) = ended.await {
        tracing::warn!(target: "ottpay", %error, "upkeep of the ledger failed; it is retried later");
    }
}

async fn take_upkeep(inner: &Inner) -> Result<bool, StoreError> {
    // A time in the future was written while the clock was wrong, so it does not count. Otherwise no worker would do
    // any upkeep until then.
    let sql = "INSERT INTO {settings} AS s (name, value) VALUES ('upkeep', CAST({now} AS TEXT))
               ON CONFLICT (name) DO UPDATE SET value = excluded.value
               WHERE CAST(s.value AS BIGINT) NOT BETWEEN {now} - CAST($1 AS BIGINT) + 1 AND {now} + CAST($1 AS BIGINT)";
    let mut txn = inner.db.begin().await?;
    let is_ours = txn.execute(sql, &[EVERY.into()]).await? == 1;
    if is_ours {
        commit(txn).await?;
    }
    Ok(is_ours)
}

async fn clean_up(inner: &Inner) -> Result<(), StoreError> {
    let keep = millis(inner.settings.keep);
    for sql in CLEANINGS {
        for _ in 0..ROUND {
            if *inner.stop.borrow() {
                return Ok(());
            }
            // Each batch has a transaction of its own, so that others can run in between.
            let mut txn = inner.db.begin().await?;
            let changed = txn.execute(sql, &[keep.into(), BATCH.into()]).await?;
            if changed > 0 {
                commit(txn).await?;
            }
            if changed < u64::try_from(BATCH).unwrap_or(u64::MAX) {
                break;
            }
        }
    }
    Ok(())
}

/// Makes orders due that would otherwise wait forever, because the database's clock was once far ahead.
async fn mend_times(inner: &Inner) -> Result<(), StoreError> {
    let sql = "UPDATE {orders} SET next_at = {now},
                   turn_until = CASE WHEN turn_until > {now} + $2 THEN {now} ELSE turn_until END,
                   sending_until = CASE WHEN sending_until > {now} + $2 THEN {now} ELSE sending_until END
               WHERE serial IN (SELECT serial FROM {orders} WHERE merchant = $1 AND next_at > {now} + $2 LIMIT $3)
                   AND next_at > {now} + $2";
    for merchant in inner.clients.keys() {
        let mut txn = inner.db.begin().await?;
        if txn.execute(sql, &[merchant.as_str().into(), FAR.into(), BATCH.into()]).await? > 0 {
            commit(txn).await?;
        }
    }
    Ok(())
}

/// Raises an alert for callbacks that have been waiting for too long. Those of parked orders are left out, because
/// parking has raised one.
async fn look_at_hints(inner: &Inner) -> Result<(), StoreError> {
    let sql =
        "SELECT {now} - MIN(h.last_at) FROM {hints} AS h JOIN {orders} AS o ON o.merchant = h.merchant AND o.id = h.id
               WHERE h.merchant = $1 AND h.seen > h.taken AND o.parked_at IS NULL";
    let mut txn = inner.db.begin().await?;
    for merchant in inner.clients.keys() {
        let row = txn.query_first(sql, &[merchant.as_str().into()]).await?;
        let oldest = row.map(|row| row.get::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0);
        let oldest = Duration::from_millis(oldest.try_into().unwrap_or(0));
        if oldest >= inner.settings.alert_after {
            inner.settings.alerts.raise_once(&Alert::Delayed { merchant_id: merchant.clone(), oldest });
        }
    }
    Ok(())
}

/// Raises an alert for actions whose orders have callbacks but were never confirmed by a query.
async fn look_at_queries(inner: &Inner) -> Result<(), StoreError> {
    let sql =
        "SELECT o.action, COUNT(*) FROM {orders} AS o JOIN {hints} AS h ON h.merchant = o.merchant AND h.id = o.id
               WHERE o.merchant = $1 AND o.next_at IS NOT NULL AND o.paid IS NULL AND o.asked > 0
                   AND o.state IN ('open', 'unpayable', 'unknown', 'unconfirmed') AND h.vouched_at IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM {proven} AS p WHERE p.merchant = o.merchant AND p.action = o.action)
               GROUP BY o.action HAVING COUNT(*) >= $2";
    let mut txn = inner.db.begin().await?;
    for merchant in inner.clients.keys() {
        for row in txn.query(sql, &[merchant.as_str().into(), UNPROVEN.into()]).await? {
            let (action, orders) = (row.get(0)?, row.get::<i64>(1)?.try_into().unwrap_or(0));
            inner.settings.alerts.raise_once(&Alert::Unproven { merchant_id: merchant.clone(), action, orders });
        }
    }
    Ok(())
}

/// Returns the time limits that orders are evaluated with.
pub(super) fn build_limits(settings: &Settings) -> Limits {
    Limits {
        schedule: settings.schedule.clone(),
        horizon: millis(settings.horizon),
        unconfirmed_after: millis(settings.unconfirmed_after),
    }
}
