//! The columns of an order that contain its position.

use crate::db::Txn;
use crate::position::{Columns, Position};
use crate::store::{Row, StoreError, StoreErrorKind, Value};

/// Reads columns 1 to 5: `state`, `paid`, `paid_currency`, `refunded` and `told`.
pub(super) fn read_position(row: &Row) -> Result<Position, StoreError> {
    let (state, currency, told): (String, Option<String>, Option<String>) = (row.get(1)?, row.get(3)?, row.get(5)?);
    let columns = Columns {
        state: &state,
        paid: row.get(2)?,
        paid_currency: currency.as_deref(),
        refunded: row.get(4)?,
        told: told.as_deref(),
    };
    Position::from_columns(columns).map_err(|error| unreadable_row().with_source(error))
}

/// Writes the columns of a position.
pub(super) async fn write_position(
    txn: &mut Txn,
    merchant: &str,
    id: &str,
    position: &Position,
) -> Result<(), StoreError> {
    let sql = "UPDATE {orders} SET state = $3,
            paid = CAST($4 AS BIGINT), paid_currency = $5, refunded = $6, told = $7, sending_until = NULL,
            ended_at = CASE WHEN $8 = 1 THEN COALESCE(ended_at, {now}) END
        WHERE merchant = $1 AND id = $2";
    let paid = position.paid.map(|paid| Value::try_from(paid.amount())).transpose()?;
    let values = [
        merchant.into(),
        id.into(),
        position.state.as_str().into(),
        paid.unwrap_or(Value::Null),
        position.paid.map(|paid| paid.currency().code().to_owned()).into(),
        position.refunded.try_into()?,
        position.told_json().into(),
        // 0 or 1, because SQLite has no booleans.
        i64::from(position.state.is_over()).into(),
    ];
    txn.execute(sql, &values).await?;
    Ok(())
}

/// The error for a row that this version could not have written.
pub(super) fn unreadable_row() -> StoreError {
    StoreError::new(StoreErrorKind::Statement, "cannot read the stored row of an order")
}
