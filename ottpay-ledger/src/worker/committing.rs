//! Commits transactions for which a lost answer is harmless: a retry starts from what the database contains.

use crate::db::Txn;
use crate::store::{CommitError, StoreError};

/// Commits a transaction. After an error it may nevertheless be committed.
pub(super) async fn commit(txn: Txn) -> Result<(), StoreError> {
    match txn.commit().await {
        Ok(()) => Ok(()),
        Err(CommitError::NotCommitted(error) | CommitError::Unknown(error)) => Err(error),
    }
}
