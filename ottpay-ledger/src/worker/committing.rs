//! Commits where a lost answer needs no care: what is repeated begins with what is in the database.

use crate::db::Txn;
use crate::store::{CommitError, StoreError};

/// Commits. An error may mean that it is committed all the same.
pub(super) async fn commit(txn: Txn) -> Result<(), StoreError> {
    match txn.commit().await {
        Ok(()) => Ok(()),
        Err(CommitError::NotCommitted(error) | CommitError::Unknown(error)) => Err(error),
    }
}
