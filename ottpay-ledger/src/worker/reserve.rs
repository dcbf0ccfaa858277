//! Which order is the payment of its reference: it is reserved with the event, and released if that is never handed over.

use crate::db::Txn;
use crate::store::StoreError;

/// Makes the order the payment of its reference; gives the one that is it already, if there is another.
pub(super) async fn reserve_reference(
    txn: &mut Txn,
    merchant: &str,
    reference: &str,
    id: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "INSERT INTO {references} AS r (merchant, reference, paid_by) VALUES ($1, $2, $3)
               ON CONFLICT (merchant, reference) DO UPDATE SET paid_by = COALESCE(r.paid_by, excluded.paid_by)
               RETURNING paid_by";
    let row = txn.query_first(sql, &[merchant.into(), reference.into(), id.into()]).await?;
    let paid_by = row.map(|row| row.get::<Option<String>>(0)).transpose()?.flatten();
    Ok(paid_by.filter(|paid_by| paid_by != id))
}

/// The order is not the payment of its reference, or not any more: another may be.
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
