//! An order as a turn reads it under the lock of its row, and what a turn writes.

use ottpay::Amount;
use ottpay::payment::Tracked;

use super::columns::{read_position, unreadable_row, write_position};
use super::turn::Turn;
use crate::db::Txn;
use crate::evaluate::{Case, Limits};
use crate::position::Position;
use crate::reference::Reference;
use crate::row::parse_tracked;
use crate::store::{StoreError, Value};

/// The row of an order, and what its next step needs from other rows.
pub(super) struct Order {
    pub(super) tracked: Tracked,
    pub(super) position: Position,
    /// The position that is stored in the row.
    stored: Position,
    /// Whether an event of the order was offered but is not yet folded into the row.
    pub(super) is_offered: bool,
    pub(super) action: String,
    pub(super) reference: Reference,
    pub(super) original: Option<String>,
    pub(super) amount: Option<Amount>,
    pub(super) sends: i64,
    noted_at: i64,
    alive_at: i64,
    now: i64,
    answer: Option<String>,
    vouched_at: Option<i64>,
    is_proven: bool,
    refund_in_flight: bool,
    known_refunded: Amount,
    paid_by: Option<String>,
}

const LOAD: &str =
    "SELECT o.tracked, o.state, o.paid, o.paid_currency, o.refunded, o.told, o.action, o.reference, o.original,
        o.amount, o.sends, o.noted_at, o.alive_at, {now}, o.answer,
        (SELECT COUNT(*) FROM {events} AS e WHERE e.merchant = o.merchant AND e.id = o.id AND e.folded <> 1)
    FROM {orders} AS o WHERE o.merchant = $1 AND o.id = $2 AND o.turn = $3 {lock}";

/// For a refund, the refunds are those of its payment.
// `CAST`: a sum is a `numeric` on PostgreSQL, which the store does not read.
const BESIDE: &str = "SELECT
    (SELECT h.vouched_at FROM {hints} AS h WHERE h.merchant = $1 AND h.id = $2),
    (SELECT COUNT(*) FROM {proven} AS p WHERE p.merchant = $1 AND p.action = $3),
    (SELECT COUNT(*) FROM {orders} AS r WHERE r.merchant = $1 AND r.original = $2 AND r.ended_at IS NULL),
    (SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM {orders} AS r
        WHERE r.merchant = $1 AND r.original = $4 AND r.state = 'refunded'),
    (SELECT s.paid_by FROM {references} AS s WHERE s.merchant = $1 AND s.reference = $5)";

impl Order {
    /// Locks and reads the row, if the turn has not been taken over.
    pub(super) async fn lock(txn: &mut Txn, turn: &Turn) -> Result<Option<Self>, StoreError> {
        let Some(row) = txn.query_first(LOAD, &turn.fence()).await? else { return Ok(None) };
        let reference = row.get::<String>(7)?;
        let mut order = Self {
            tracked: parse_tracked(&row.get::<String>(0)?)?,
            position: read_position(&row)?,
            stored: read_position(&row)?,
            is_offered: row.get::<i64>(15)? > 0,
            action: row.get(6)?,
            reference: reference.parse().map_err(|_| unreadable_row())?,
            original: row.get(8)?,
            amount: row.get(9)?,
            sends: row.get(10)?,
            noted_at: row.get(11)?,
            // A pending callback restarts the schedule.
            alive_at: row.get::<i64>(12)?.max(turn.hint.last_at.filter(|_| turn.hint.is_pending).unwrap_or(0)),
            now: row.get(13)?,
            answer: row.get(14)?,
            vouched_at: None,
            is_proven: false,
            refund_in_flight: false,
            known_refunded: Amount::ZERO,
            paid_by: None,
        };
        order.look_beside(txn, turn).await?;
        Ok(Some(order))
    }

    /// Reads the values from other rows.
    async fn look_beside(&mut self, txn: &mut Txn, turn: &Turn) -> Result<(), StoreError> {
        let [merchant, id] = turn.key();
        let payment = self.original.clone().map_or_else(|| id.clone(), Value::from);
        let values = [merchant, id, self.action.as_str().into(), payment, self.reference.as_str().into()];
        let row = txn.query_first(BESIDE, &values).await?.ok_or_else(unreadable_row)?;
        self.vouched_at = row.get(0)?;
        self.is_proven = row.get::<i64>(1)? > 0;
        self.refund_in_flight = row.get::<i64>(2)? > 0;
        self.known_refunded = row.get(3)?;
        self.paid_by = row.get(4)?;
        Ok(())
    }

    /// Records that another order already pays the reference.
    pub(super) fn set_paid_by(&mut self, id: String) {
        self.paid_by = Some(id);
    }

    /// Whether a query has already proven that it supports the action.
    pub(super) fn is_proven(&self) -> bool {
        self.is_proven
    }

    pub(super) fn as_case<'a>(&'a self, limits: &'a Limits) -> Case<'a> {
        Case {
            tracked: &self.tracked,
            position: &self.position,
            noted_at: self.noted_at,
            alive_at: self.alive_at,
            now: self.now,
            vouched_at: self.vouched_at,
            is_proven: self.is_proven,
            refund_in_flight: self.refund_in_flight,
            known_refunded: self.known_refunded,
            other_paid: self.paid_by.as_deref().is_some_and(|id| id != self.tracked.id()),
            refusal: self.answer.as_deref(),
            limits,
        }
    }

    /// Moves the order to a position.
    pub(super) async fn move_to(&mut self, txn: &mut Txn, turn: &Turn, position: Position) -> Result<(), StoreError> {
        if position != self.stored {
            write_position(txn, &turn.merchant, &turn.id, &position).await?;
            self.stored = position.clone();
        }
        self.position = position;
        Ok(())
    }

    /// Whether something else, such as a late reply, has changed the order since the turn began.
    pub(super) fn is_ahead_of(&self, turn: &Turn) -> bool {
        self.sends != turn.sends || self.position.state != turn.state
    }

    /// Writes the result of a turn, and ends the turn.
    pub(super) async fn end_turn(&self, txn: &mut Txn, turn: &Turn, end: TurnEnd) -> Result<(), StoreError> {
        let sql = "UPDATE {orders} SET tracked = $4, alive_at = $5, next_at = CAST($6 AS BIGINT),
                asked = asked + $7, asked_at = CASE WHEN $7 = 1 THEN {now} ELSE asked_at END,
                answer = COALESCE($8, answer), turn_until = CAST($9 AS BIGINT),
                tries = CASE WHEN $10 = 1 THEN tries ELSE 0 END,
                failing_since = CASE WHEN $10 = 1 THEN failing_since END,
                failure = CASE WHEN $10 = 1 THEN failure END
            WHERE merchant = $1 AND id = $2 AND turn = $3";
        let [merchant, id, number] = turn.fence();
        let values = [
            merchant,
            id,
            number,
            self.tracked.to_json().into(),
            self.alive_at.into(),
            // If the claimant does not complete the event, the order is due at the end of the lease.
            end.leased_until.or(end.next_at).into(),
            i64::from(end.answer.is_some()).into(),
            end.answer.into(),
            end.leased_until.into(),
            // An attempt that was only offered is not over, so it stays counted.
            i64::from(end.leased_until.is_some()).into(),
        ];
        txn.execute(sql, &values).await?;
        take_hints(txn, turn).await
    }

    /// Returns the time this many milliseconds after the row was read.
    pub(super) fn time_after(&self, milliseconds: i64) -> i64 {
        self.now.saturating_add(milliseconds)
    }
}

/// How a turn ends.
#[derive(Debug, Default)]
pub(super) struct TurnEnd {
    pub(super) next_at: Option<i64>,
    /// The gateway's answer for people, or `None` if it was not queried.
    pub(super) answer: Option<String>,
    /// Until when the order belongs to the claimant of its event.
    pub(super) leased_until: Option<i64>,
}

/// Marks the hints that existed when the turn began as handled. Later ones stay pending.
pub(super) async fn take_hints(txn: &mut Txn, turn: &Turn) -> Result<(), StoreError> {
    if !turn.hint.is_pending {
        return Ok(());
    }
    let sql = "UPDATE {hints} SET taken = $3 WHERE merchant = $1 AND id = $2 AND taken < $3";
    let [merchant, id] = turn.key();
    txn.execute(sql, &[merchant, id, turn.hint.seen.into()]).await?;
    Ok(())
}
