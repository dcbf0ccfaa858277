//! Takes up again what was parked or is failing.

use std::time::{SystemTime, UNIX_EPOCH};

use super::committing::commit;
use crate::ledger::Ledger;
use crate::store::{StoreError, Value};

/// As if no turn had failed. Turns that are under way go on.
const CLEAR: &str =
    "UPDATE {orders} SET parked_at = NULL, failing_since = NULL, failure = NULL, tries = 0, next_at = {now}";

impl Ledger {
    /// Takes up an order again: one that is parked or failing, or any other, to ask about it now. The handler is given what is
    /// true now, which need not be the event that failed. Says whether there is such an order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay(&self, id: &str) -> Result<bool, StoreError> {
        // What is being sent is not touched, and what was leased to a claimant stays with them until their time is over.
        let sql = format!("{CLEAR} WHERE id = $1 AND state <> 'sending'");
        Ok(self.take_up(&sql, &[id.into()]).await? > 0)
    }

    /// Takes up again every order that is parked, or that was parked at this time or later. Gives how many there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay_all(&self, since: Option<SystemTime>) -> Result<u64, StoreError> {
        let since = since.and_then(|since| since.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        let since: i64 = since.as_millis().try_into().unwrap_or(i64::MAX);
        let sql = format!("{CLEAR} WHERE parked_at IS NOT NULL AND parked_at >= $1");
        self.take_up(&sql, &[since.into()]).await
    }

    async fn take_up(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut txn = self.0.db.begin().await?;
        let changed = txn.execute(sql, values).await?;
        commit(txn).await?;
        self.0.wake.notify_one();
        Ok(changed)
    }
}
