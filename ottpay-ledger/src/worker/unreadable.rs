//! Parks an order whose row cannot be read, so that no other order waits for it.

use crate::alert::Alert;
use crate::db::Txn;
use crate::ledger::Inner;
use crate::store::StoreError;

/// The stored failure of such an order.
const UNREADABLE: &str = "the order's row cannot be read or changed: was it written by a later version, or by hand?";

/// Parks the order for a person. Call [`tell_unreadable`] after the commit.
pub(super) async fn park_unreadable(txn: &mut Txn, merchant: &str, id: &str) -> Result<(), StoreError> {
    let sql = "UPDATE {orders} SET turn_until = NULL, next_at = NULL, parked_at = {now},
                   failing_since = COALESCE(failing_since, {now}), failure = $3
               WHERE merchant = $1 AND id = $2";
    txn.execute(sql, &[merchant.into(), id.into(), UNREADABLE.into()]).await?;
    Ok(())
}

/// Raises the alert for an order that was parked.
pub(super) fn tell_unreadable(inner: &Inner, merchant: &str, order_id: String) {
    let (merchant_id, failure) = (merchant.to_owned(), UNREADABLE.to_owned());
    inner.settings.alerts.raise(&Alert::Parked { merchant_id, order_id, failure });
}
