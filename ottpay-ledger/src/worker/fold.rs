//! Writes completed claims into their orders' rows. A claim is completed in the shop's own transaction, which changes
//! only the event's row.

use ottpay::Amount;

use super::columns::write_position;
use super::committing::commit;
use super::offer::After;
use super::unreadable::{park_unreadable, tell_unreadable};
use crate::db::Txn;
use crate::ledger::Inner;
use crate::store::{Row, StoreError, StoreErrorKind, Value, ValueError};

/// How many events are folded at once.
const BATCH: i64 = 64;

const COMPLETED: &str =
    "SELECT e.key, e.merchant, e.id, e.kind, e.after FROM {events} AS e WHERE e.done_at IS NOT NULL";

/// Why a batch was not folded.
pub(super) enum FoldError {
    /// The database failed.
    Store(StoreError),
    /// The row of one order cannot be read or written. Other orders must not wait for it.
    Order(Unfoldable),
}

impl From<StoreError> for FoldError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ValueError> for FoldError {
    fn from(error: ValueError) -> Self {
        Self::Store(error.into())
    }
}

/// An order into whose row a completed event cannot be written.
pub(super) struct Unfoldable {
    /// The key of the event.
    event: String,
    merchant: String,
    id: String,
}

/// Folds completed events, except those of orders that another worker holds. Returns how many were folded.
pub(super) async fn fold_completed(txn: &mut Txn) -> Result<usize, FoldError> {
    let sql = format!("{COMPLETED} AND e.folded = 0 ORDER BY e.done_at LIMIT $1");
    let rows = txn.query(&sql, &[BATCH.into()]).await?;
    let mut folded = 0;
    for row in &rows {
        let (event, merchant, id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let key: [Value; 2] = [merchant.as_str().into(), id.as_str().into()];
        let sql = "SELECT original FROM {orders} WHERE merchant = $1 AND id = $2 {skip}";
        let Some(order) = txn.query_first(sql, &key).await? else { continue };
        // A completed refund also changes its payment. The refund is locked first, as everywhere.
        if let Some(payment) = order.get::<Option<String>>(0)? {
            let sql = "SELECT 1 FROM {orders} WHERE merchant = $1 AND id = $2 {skip}";
            let [merchant, _] = key;
            if txn.query_first(sql, &[merchant, payment.into()]).await?.is_none() {
                continue;
            }
        }
        folded += match fold_event(txn, row).await {
            Ok(is_folded) => usize::from(is_folded),
            Err(error) if is_of_row(&error) => return Err(FoldError::Order(Unfoldable { event, merchant, id })),
            Err(error) => return Err(error.into()),
        };
    }
    Ok(folded)
}

/// Whether the row is the cause, so that a retry would fail as well.
fn is_of_row(error: &StoreError) -> bool {
    matches!(error.kind(), StoreErrorKind::Statement | StoreErrorKind::Conflict)
}

/// Parks an order whose event cannot be folded. The event is folded in the order's next turn, after a replay.
pub(super) async fn park_unfoldable(inner: &Inner, order: Unfoldable) -> Result<(), StoreError> {
    let Unfoldable { event, merchant, id } = order;
    let mut txn = inner.db.begin().await?;
    txn.execute("UPDATE {events} SET folded = 2 WHERE key = $1 AND folded = 0", &[event.into()]).await?;
    park_unreadable(&mut txn, &merchant, &id).await?;
    commit(txn).await?;
    tell_unreadable(inner, &merchant, id);
    Ok(())
}

/// Folds the completed events of one order, whose row the caller has locked.
pub(crate) async fn fold_order(txn: &mut Txn, merchant: &str, id: &str) -> Result<(), StoreError> {
    let sql = format!("{COMPLETED} AND e.folded <> 1 AND e.merchant = $1 AND e.id = $2 ORDER BY e.serial");
    let rows = txn.query(&sql, &[merchant.into(), id.into()]).await?;
    for row in &rows {
        fold_event(txn, row).await?;
    }
    Ok(())
}

async fn fold_event(txn: &mut Txn, row: &Row) -> Result<bool, StoreError> {
    let (key, merchant, id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (kind, after): (String, String) = (row.get(3)?, row.get(4)?);
    // Only one transaction changes `folded`, so an event is folded once even if two workers find it.
    let sql = "UPDATE {events} SET folded = 1 WHERE key = $1 AND folded <> 1";
    if txn.execute(sql, &[key.into()]).await? == 0 {
        return Ok(false);
    }
    let sql = "SELECT refunded, original, amount, sends FROM {orders} WHERE merchant = $1 AND id = $2";
    let Some(order) = txn.query_first(sql, &[merchant.as_str().into(), id.as_str().into()]).await? else {
        return Ok(false);
    };
    let (after, sends) = (After::from_json(&after), order.get::<i64>(3)?);
    // The event is about an earlier request under the same id and means nothing for the one sent since.
    if after.as_ref().is_some_and(|after| after.sends != sends) {
        return Ok(true);
    }
    // If the position cannot be read, the next query determines it: the event is done in any case.
    if let Some(after) = after {
        // Refunds of the payment may have been completed since the event was offered, so the increase is added to the
        // current total instead of overwriting it.
        let refunded = order.get::<Amount>(0)?.checked_add(after.refunded_more()).unwrap_or(after.position.refunded);
        let mut position = after.position;
        position.refunded = refunded;
        write_position(txn, &merchant, &id, &position).await?;
    }
    if kind == "refunded" {
        add_to_payment(txn, &merchant, order.get::<Option<String>>(1)?.as_deref(), order.get(2)?).await?;
    }
    // Any further event, such as a refund after the payment, is found by the next query.
    let sql = "UPDATE {orders} SET turn_until = NULL, tries = 0, failing_since = NULL, failure = NULL, next_at = {now}
               WHERE merchant = $1 AND id = $2";
    txn.execute(sql, &[merchant.into(), id.into()]).await?;
    Ok(true)
}

/// Adds a completed refund to the refunded total of its payment.
pub(super) async fn add_to_payment(
    txn: &mut Txn,
    merchant: &str,
    original: Option<&str>,
    amount: Option<Amount>,
) -> Result<(), StoreError> {
    let (Some(original), Some(amount)) = (original, amount) else { return Ok(()) };
    let sql = "UPDATE {orders} SET refunded = refunded + $3 WHERE merchant = $1 AND id = $2 AND original IS NULL";
    txn.execute(sql, &[merchant.into(), original.into(), amount.try_into()?]).await?;
    Ok(())
}
