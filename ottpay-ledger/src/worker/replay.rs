//! Retries orders that are parked or failing.

use std::time::{SystemTime, UNIX_EPOCH};

use super::committing::commit;
use crate::ledger::Ledger;
use crate::store::{StoreError, Value};

/// Resets an order as if no turn had failed. Turns in progress continue.
const CLEAR: &str =
    "UPDATE {orders} SET parked_at = NULL, failing_since = NULL, failure = NULL, tries = 0, next_at = {now}";

impl Ledger {
    /// Retries an order that is parked or failing, or queries any other order now. The handler receives the current
    /// state, which may differ from the event that failed. Returns whether such an order exists.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay(&self, id: &str) -> Result<bool, StoreError> {
        // A request that is being sent is left alone, and a leased event stays with its claimant until the lease ends.
        let sql = format!("{CLEAR} WHERE id = $1 AND state <> 'sending'");
        Ok(self.take_up(&sql, &[id.into()]).await? > 0)
    }

    /// Retries every parked order, or only those parked at or after a time. Returns how many there are.
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
