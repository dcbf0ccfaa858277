//! Binds a store to one gateway and its merchants, so that no order is queried at the wrong place.

use std::collections::BTreeSet;

use crate::db::Db;
use crate::open::OpenError;
use crate::store::{CommitError, StoreError};

/// Binds a new store to a gateway and its merchants, or checks that an existing one is bound to them.
pub(crate) async fn bind<'a>(
    db: &Db,
    environment: &str,
    merchants: impl Iterator<Item = &'a String>,
    binds_new: bool,
) -> Result<(), OpenError> {
    let mut txn = db.begin().await?;
    // The insert also serializes processes that open a new store at the same time: only one of them sees `is_new`, and
    // the others then compare with what it has stored.
    let sql = "INSERT INTO {settings} (name, value) VALUES ('environment', $1) ON CONFLICT (name) DO NOTHING";
    let is_new = txn.execute(sql, &[environment.into()]).await? == 1;
    let row = txn.query_first("SELECT value FROM {settings} WHERE name = 'environment'", &[]).await?;
    let bound: String = row.map(|row| row.get(0)).transpose().map_err(StoreError::from)?.unwrap_or_default();
    if bound != environment {
        return Err(OpenError::OtherEnvironment { bound, found: environment.to_owned() });
    }
    let rows = txn.query("SELECT merchant FROM {merchants}", &[]).await?;
    let mut known = BTreeSet::new();
    for row in rows {
        known.insert(row.get::<String>(0).map_err(StoreError::from)?);
    }
    for merchant in merchants {
        if known.remove(merchant) {
            continue;
        }
        if !is_new && !binds_new {
            return Err(OpenError::OtherMerchant { merchant: merchant.clone() });
        }
        let sql = "INSERT INTO {merchants} (merchant, bound_at) VALUES ($1, {now}) ON CONFLICT (merchant) DO NOTHING";
        txn.execute(sql, &[merchant.as_str().into()]).await?;
    }
    // An open order of a merchant without a client would never be queried again, so this is an error.
    if let Some(merchant) = known.pop_first() {
        return Err(OpenError::MissingClient { merchant });
    }
    match txn.commit().await {
        Ok(()) => Ok(()),
        Err(CommitError::NotCommitted(error) | CommitError::Unknown(error)) => Err(error.into()),
    }
}
