//! Locks an order's row until the transaction ends.

use crate::db::Txn;
use crate::store::StoreError;

/// Locks the row of an order, if it exists.
pub(crate) async fn lock_order(txn: &mut Txn, merchant: &str, id: &str) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM {orders} WHERE merchant = $1 AND id = $2 {lock}";
    txn.query_first(sql, &[merchant.into(), id.into()]).await.map(drop)
}
