//! Callbacks for orders that were never noted.

use std::time::SystemTime;

use serde::Serialize;

use crate::columns::Columns;
use crate::db::Txn;
use crate::store::{Row, StoreError};
use crate::time::Time;

/// The largest number of strays in one list.
const MOST: u32 = 1000;

/// A callback for an order that was never noted. If the order is noted later, the callback counts as if it had arrived
/// afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stray {
    merchant_id: String,
    order_id: Option<String>,
    count: u64,
    last_at: Time,
}

impl Stray {
    /// The merchant.
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// The order that the callback names, if it can be read.
    pub fn order_id(&self) -> Option<&str> {
        self.order_id.as_deref()
    }

    /// How often the callback arrived.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// When the callback last arrived.
    pub fn last_at(&self) -> SystemTime {
        self.last_at.system_time()
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::new(row);
        Ok(Self {
            merchant_id: columns.next()?,
            order_id: Some(columns.next::<String>()?).filter(|id| !id.is_empty()),
            count: columns.next_count()?,
            last_at: columns.next()?,
        })
    }
}

/// Finds the newest strays.
pub(crate) async fn find_strays(txn: &mut Txn, limit: u32) -> Result<Vec<Stray>, StoreError> {
    let limit = limit.min(MOST);
    let sql = format!("SELECT merchant, id, seen, last_at FROM {{strays}} ORDER BY serial DESC LIMIT {limit}");
    txn.query(&sql, &[]).await?.iter().map(Stray::read).collect()
}

/// Whether there is a stray for this order.
pub(crate) async fn is_stray(txn: &mut Txn, merchant_id: &str, order_id: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM {strays} WHERE merchant = $1 AND id = $2 LIMIT 1";
    Ok(txn.query_first(sql, &[merchant_id.into(), order_id.into()]).await?.is_some())
}
