//! The row of an event: who may complete it, and the order's position afterwards.

use ottpay::Amount;
use serde_json::{Value as Json, json};

use crate::db::Txn;
use crate::event::Event;
use crate::position::Position;
use crate::store::{StoreError, Value};

/// The position of an order after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct After {
    pub(super) position: Position,
    /// How often the order's id had been sent. The event is about the latest request.
    pub(super) sends: i64,
    /// The refunded total before the event.
    refunded_before: Amount,
}

impl After {
    pub(super) fn new(before: &Position, sends: i64, position: Position) -> Self {
        Self { position, sends, refunded_before: before.refunded }
    }

    /// Returns how much the event adds to the refunded total.
    pub(super) fn refunded_more(&self) -> Amount {
        self.position.refunded.checked_sub(self.refunded_before).unwrap_or(Amount::ZERO)
    }

    /// Formats the value of the `after` column.
    pub(super) fn to_json(&self) -> String {
        let refunded_before = self.refunded_before.minor();
        json!({ "position": self.position.to_json(), "sends": self.sends, "refunded_before": refunded_before })
            .to_string()
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let value: Json = serde_json::from_str(text).ok()?;
        let position = Position::from_json(value.get("position")?.as_str()?).ok()?;
        let refunded_before = Amount::from_minor(value.get("refunded_before")?.as_u64()?);
        Some(Self { position, sends: value.get("sends")?.as_i64()?, refunded_before })
    }
}

/// How an event is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offering {
    /// Done, if this transaction is committed.
    InThisTransaction,
    /// Leased for this many milliseconds to a claimant, who completes it in another transaction.
    Leased(i64),
}

/// Writes the row of an event. Returns the number of this attempt, or `None` if the event is already done.
pub(super) async fn write_event(
    txn: &mut Txn,
    event: &Event,
    after: &After,
    offering: Offering,
) -> Result<Option<i64>, StoreError> {
    // An event that was offered before is offered under the next number, so that the earlier claimant cannot complete
    // it. If it is done, no row is changed, and none is returned.
    let sql = "INSERT INTO {events} AS e
            (key, merchant, id, reference, kind, body, after, attempt, offered_at, offered_until, done_at, folded)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, {now}, {now} + CAST($8 AS BIGINT), CASE WHEN $9 = 1 THEN {now} END, $9)
        ON CONFLICT (key) DO UPDATE SET attempt = e.attempt + 1, kind = excluded.kind, body = excluded.body,
            after = excluded.after, offered_at = excluded.offered_at, offered_until = excluded.offered_until,
            done_at = excluded.done_at, folded = excluded.folded
        WHERE e.done_at IS NULL RETURNING attempt";
    let (lease, is_done): (Value, i64) = match offering {
        Offering::InThisTransaction => (Value::Null, 1),
        Offering::Leased(lease) => (lease.into(), 0),
    };
    let values = [
        event.key.to_string().into(),
        event.merchant_id.as_str().into(),
        event.order_id.as_str().into(),
        event.reference.as_str().into(),
        event.kind.as_str().into(),
        event.to_json().into(),
        after.to_json().into(),
        lease,
        is_done.into(),
    ];
    let row = txn.query_first(sql, &values).await?;
    row.map(|row| Ok(row.get(0)?)).transpose()
}

/// Withdraws the offers of an order that are not done. After that, no claimant can complete them.
pub(crate) async fn withdraw_offers(txn: &mut Txn, merchant: &str, id: &str) -> Result<(), StoreError> {
    let sql = "UPDATE {events} SET attempt = attempt + 1, offered_until = NULL
               WHERE merchant = $1 AND id = $2 AND done_at IS NULL";
    txn.execute(sql, &[merchant.into(), id.into()]).await?;
    Ok(())
}
