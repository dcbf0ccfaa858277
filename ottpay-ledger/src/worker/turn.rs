//! Takes turns on orders. Each turn has a number, which fences off earlier turns, and is counted before any work is
//! done.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::committing::commit;
use super::fold::{FoldError, fold_completed, park_unfoldable};
use super::unreadable::{park_unreadable, tell_unreadable};
use crate::db::Txn;
use crate::ledger::Inner;
use crate::row::parse_state;
use crate::state::State;
use crate::store::{Row, StoreError, Value};
use crate::time::millis;

/// The work on one order, until its result is written or the lease expires.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) merchant: String,
    pub(crate) id: String,
    /// Fences off every earlier turn.
    pub(crate) number: i64,
    /// The number of turns since the last one that finished, including this one.
    pub(crate) tries: i64,
    /// When turns began to fail.
    pub(crate) failing_since: Option<i64>,
    /// Whether the previous turn ended without a result.
    pub(crate) follows_lost: bool,
    /// When the turn began.
    pub(crate) now: i64,
    pub(crate) state: State,
    pub(crate) sends: i64,
    pub(crate) tracked: String,
    pub(crate) hint: Hint,
}

/// The hints of an order when its turn began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hint {
    pub(crate) seen: i64,
    pub(crate) is_pending: bool,
    pub(crate) is_differing: bool,
    pub(crate) last_at: Option<i64>,
}

/// Orders with pending hints, oldest hint first. A failing order waits for its retry, however many callbacks arrive.
const HINTED: &str = "SELECT o.serial FROM {hints} AS h JOIN {orders} AS o ON o.merchant = h.merchant AND o.id = h.id
    WHERE h.merchant = $1 AND h.seen > h.taken AND o.parked_at IS NULL AND o.tries = 0
        AND (o.sending_until IS NULL OR o.sending_until <= (SELECT {now}))
        AND (o.turn_until IS NULL OR o.turn_until <= (SELECT {now}))
    ORDER BY h.last_at LIMIT $2 {skip_order}";

/// Orders that are due. The time is a subquery, so that PostgreSQL evaluates it once and uses the index. It would
/// compare a plain `clock_timestamp()`, which changes while the statement runs, with every row.
const DUE: &str = "SELECT o.serial FROM {orders} AS o
    WHERE o.merchant = $1 AND o.next_at <= (SELECT {now}) AND o.parked_at IS NULL
        AND (o.sending_until IS NULL OR o.sending_until <= (SELECT {now}))
        AND (o.turn_until IS NULL OR o.turn_until <= (SELECT {now}))
    ORDER BY o.next_at LIMIT $2 {skip_order}";

/// Takes turns and sets their lease. If the process is killed, `next_at` makes the order due again at the end of the
/// lease, and the lost turn counts as a failure.
// A turn that ends with a result clears `turn_until`, so one in which it is still set was lost. On SQLite `RETURNING`
// sees only the updated table, so the columns of another table are subqueries.
const TAKE: &str = "UPDATE {orders} SET turn = turn + 1, tries = tries + 1,
        turn_until = {now} + CAST($3 AS BIGINT), next_at = {now} + CAST($3 AS BIGINT),
        failing_since = CASE WHEN tries > 0 THEN COALESCE(failing_since, {now}) END,
        failure = CASE WHEN tries > 0 AND turn_until IS NOT NULL THEN $4 ELSE failure END
    WHERE serial IN (SELECT serial FROM due)
    RETURNING merchant, id, turn, tries, failing_since, {now}, state, sends, tracked, failure,
        (SELECT h.seen FROM {hints} AS h WHERE h.merchant = {orders}.merchant AND h.id = {orders}.id),
        (SELECT h.taken FROM {hints} AS h WHERE h.merchant = {orders}.merchant AND h.id = {orders}.id),
        (SELECT h.differing FROM {hints} AS h WHERE h.merchant = {orders}.merchant AND h.id = {orders}.id),
        (SELECT h.last_at FROM {hints} AS h WHERE h.merchant = {orders}.merchant AND h.id = {orders}.id)";

/// The stored failure of a turn that ended without a result.
const LOST: &str = "the turn ended without a result: was its process killed, or the claim dropped?";

/// Takes up to `limit` turns of a merchant: a quarter for orders without hints, then those with hints.
pub(super) async fn take_turns(inner: &Inner, merchant: &str, limit: u32) -> Result<Vec<Turn>, StoreError> {
    let lease = lease(inner, limit);
    let (mut txn, folded) = begin_folded(inner).await?;
    let mut taken = Taken::default();
    let reserved = reserved_for_due(limit, CALLS.fetch_add(1, Ordering::Relaxed));
    for (candidates, most) in [(DUE, reserved), (HINTED, limit), (DUE, limit)] {
        let most = most.min(taken.rest_of(limit));
        if most > 0 {
            taken.extend(take_candidates(&mut txn, candidates, merchant, most, lease).await?);
        }
    }
    if folded > 0 || taken.rest_of(limit) < limit {
        // If the answer to the commit is lost, these turns expire and are taken again.
        commit(txn).await?;
    }
    for order_id in taken.parked {
        tell_unreadable(inner, merchant, order_id);
    }
    Ok(taken.turns)
}

/// Begins a transaction and folds completed events in it. Returns the transaction and how many events were folded.
async fn begin_folded(inner: &Inner) -> Result<(Txn, usize), StoreError> {
    loop {
        let mut txn = inner.db.begin().await?;
        match fold_completed(&mut txn).await {
            Ok(folded) => return Ok((txn, folded)),
            Err(FoldError::Store(error)) => return Err(error),
            // Rolled back, because PostgreSQL rejects every statement after a failed one. A parked order is not folded
            // again.
            Err(FoldError::Order(order)) => {
                drop(txn);
                park_unfoldable(inner, order).await?;
            }
        }
    }
}

/// Counts the calls that take turns.
static CALLS: AtomicU32 = AtomicU32::new(0);

/// How many of `limit` turns this call first offers to orders without hints, so that no number of callbacks can starve
/// them: a quarter, as an average over four calls.
fn reserved_for_due(limit: u32, call: u32) -> u32 {
    limit / 4 + u32::from(call % 4 < limit % 4)
}

/// The turns that were taken.
#[derive(Default)]
struct Taken {
    turns: Vec<Turn>,
    /// The ids of orders whose rows cannot be read.
    parked: Vec<String>,
}

impl Taken {
    fn extend(&mut self, more: Self) {
        self.turns.extend(more.turns);
        self.parked.extend(more.parked);
    }

    /// How many more turns may be taken.
    fn rest_of(&self, limit: u32) -> u32 {
        let taken = self.turns.len().saturating_add(self.parked.len());
        limit.saturating_sub(taken.try_into().unwrap_or(limit))
    }
}

async fn take_candidates(
    txn: &mut Txn,
    candidates: &str,
    merchant: &str,
    limit: u32,
    lease: Duration,
) -> Result<Taken, StoreError> {
    // One statement finds, locks and takes the orders, so that two workers never take the same one.
    let sql = format!("WITH due AS ({candidates}) {TAKE}");
    let lease = millis(lease);
    let rows = txn.query(&sql, &[merchant.into(), limit.into(), lease.into(), LOST.into()]).await?;
    let mut taken = Taken::default();
    for row in &rows {
        match read_turn(row) {
            Ok(turn) => taken.turns.push(turn),
            // One unreadable row must not stop the others.
            Err(_) => {
                let id: String = row.get(1)?;
                park_unreadable(txn, merchant, &id).await?;
                taken.parked.push(id);
            }
        }
    }
    Ok(taken)
}

fn read_turn(row: &Row) -> Result<Turn, StoreError> {
    let hint = |index| Ok::<_, StoreError>(row.get::<Option<i64>>(index)?.unwrap_or(0));
    let (seen, taken, differing) = (hint(10)?, hint(11)?, hint(12)?);
    Ok(Turn {
        merchant: row.get(0)?,
        id: row.get(1)?,
        number: row.get(2)?,
        tries: row.get(3)?,
        failing_since: row.get(4)?,
        now: row.get(5)?,
        state: parse_state(&row.get::<String>(6)?)?,
        sends: row.get(7)?,
        tracked: row.get(8)?,
        // A failure that was recorded has another text, so this one also marks a turn that was lost.
        follows_lost: row.get::<Option<String>>(9)?.as_deref() == Some(LOST),
        hint: Hint { seen, is_pending: seen > taken, is_differing: differing > 0, last_at: row.get(13)? },
    })
}

impl Turn {
    /// Returns merchant and id, the first two parameters of most statements.
    pub(super) fn key(&self) -> [Value; 2] {
        [self.merchant.as_str().into(), self.id.as_str().into()]
    }

    /// Returns merchant, id and turn number. A statement with this condition changes nothing once another turn has
    /// begun.
    pub(super) fn fence(&self) -> [Value; 3] {
        [self.merchant.as_str().into(), self.id.as_str().into(), self.number.into()]
    }
}

/// How long a turn may take: the wait for the rate limit, every query of an action, and the handler.
fn lease(inner: &Inner, turns: u32) -> Duration {
    /// More queries than any action has.
    const QUERIES: u32 = 3;
    const GRACE: Duration = Duration::from_secs(10);
    let timeout = |client: &ottpay::Client| AsRef::<ottpay_runtime::Client>::as_ref(client).timeout();
    let slowest = inner.clients.values().map(timeout).max().unwrap_or_default();
    // The turns of one call share the budget of their merchant: the last of them waits for all others.
    let asking = inner.budget.longest_wait(turns).saturating_add(slowest.saturating_mul(QUERIES));
    asking.saturating_add(inner.settings.handler_limit).saturating_add(GRACE)
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::migrate::migrate;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn orders_without_hints_get_a_quarter_of_the_turns() {
        for limit in [1, 2, 3, 4, 16, 17] {
            let reserved: u32 = (5..9).map(|call| reserved_for_due(limit, call)).sum();
            assert_eq!(reserved, limit);
        }
    }

    #[tokio::test]
    async fn orders_are_found_by_an_index_however_many_there_are() {
        let db = Db::new(Sqlite::memory());
        migrate(&db).await.unwrap();
        let mut txn = db.begin().await.unwrap();
        for (candidates, index) in
            [(HINTED, "ottpay_hints_pending (merchant=?)"), (DUE, "ottpay_orders_due (merchant=? AND next_at<?)")]
        {
            let sql = format!("EXPLAIN QUERY PLAN WITH due AS ({candidates}) {TAKE}");
            let values = ["M".into(), 16.into(), 1000.into(), LOST.into()];
            let rows = txn.query(&sql, &values).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.get(3).unwrap()).collect();
            assert!(plan.iter().any(|step| step.ends_with(index)), "{plan:?}");
            let is_whole = |step: &String| step.starts_with("SCAN") && step != "SCAN CONSTANT ROW";
            assert!(!plan.iter().any(|step| is_whole(step) || step.contains("TEMP B-TREE")), "{plan:?}");
        }
    }
}
