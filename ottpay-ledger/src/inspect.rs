//! Reads the ledger of another program without clients, and therefore without keys, and without changing anything.

use crate::db::Db;
use crate::detail::{Detail, find_details};
use crate::filter::Filter;
use crate::health::{Health, find_health};
use crate::migrate::is_current;
use crate::open::OpenError;
use crate::store::{Store, StoreError};
use crate::stray::{Stray, find_strays};
use crate::view::{View, find_orders};

/// Read access to the ledger of another program, for people and monitoring. It needs no client, creates no tables and
/// does not bind the store.
#[derive(Debug, Clone)]
pub struct Inspector(Db);

impl Inspector {
    /// Opens a store that contains the tables of a ledger.
    ///
    /// # Errors
    /// [`OpenError::NoLedger`] if there are no such tables; other variants if they are of a later version or cannot be
    /// read.
    pub async fn open(store: impl Store) -> Result<Self, OpenError> {
        let db = Db::new(store);
        match is_current(&db).await? {
            true => Ok(Self(db)),
            false => Err(OpenError::NoLedger),
        }
    }

    /// Lists orders like [`Ledger::orders`](crate::Ledger::orders).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders(&self, filter: &Filter) -> Result<Vec<View>, StoreError> {
        find_orders(&mut self.0.begin().await?, filter).await
    }

    /// Returns everything stored about an id like [`Ledger::inspect`](crate::Ledger::inspect).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn inspect(&self, id: &str) -> Result<Vec<Detail>, StoreError> {
        find_details(&mut self.0.begin().await?, id).await
    }

    /// Lists callbacks for unknown orders like [`Ledger::strays`](crate::Ledger::strays).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn strays(&self, limit: u32) -> Result<Vec<Stray>, StoreError> {
        find_strays(&mut self.0.begin().await?, limit).await
    }

    /// Measures the ledger like [`Ledger::health`](crate::Ledger::health).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn health(&self) -> Result<Health, StoreError> {
        find_health(&mut self.0.begin().await?).await
    }
}
