//! Which order pays a reference. The reservation is made together with the event, and released if the event is never
//! completed.

use crate::db::Txn;
use crate::store::StoreError;

/// Reserves the reference for an order. Returns the id of another order that already pays it, if there is one.
pub(super) async fn reserve_reference(
    txn: &mut Txn,
    merchant: &str,
    reference: &str,
    id: &str,
) -> Result<Option<String>, StoreError> {
    // `DO UPDATE` even where nothing changes: only then is an existing row locked and returned.
    let sql = "INSERT INTO {references} AS r (merchant, reference, paid_by) VALUES ($1, $2, $3)
               ON CONFLICT (merchant, reference) DO UPDATE SET paid_by = COALESCE(r.paid_by, excluded.paid_by)
               RETURNING paid_by";
    let row = txn.query_first(sql, &[merchant.into(), reference.into(), id.into()]).await?;
    let paid_by = row.map(|row| row.get::<Option<String>>(0)).transpose()?.flatten();
    Ok(paid_by.filter(|paid_by| paid_by != id))
}

/// Releases the reference, if this order holds it, so that another order can pay it.
pub(super) async fn release_reference(
    txn: &mut Txn,
    merchant: &str,
    reference: &str,
    id: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE {references} SET paid_by = NULL WHERE merchant = $1 AND reference = $2 AND paid_by = $3";
    txn.execute(sql, &[merchant.into(), reference.into(), id.into()]).await?;
    Ok(())
}
