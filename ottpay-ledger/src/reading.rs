//! What can be read of a ledger.

use crate::detail::{Detail, find_details};
use crate::filter::Filter;
use crate::health::{Health, find_health};
use crate::ledger::Ledger;
use crate::reference::Reference;
use crate::store::StoreError;
use crate::stray::{Stray, find_strays, is_stray};
use crate::view::{View, find_orders};

impl Ledger {
    /// Every order, Checkout page and refund of a reference, the newest first, up to 100 of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn view(&self, of: &Reference) -> Result<Vec<View>, StoreError> {
        self.orders(&Filter::new().reference(of)).await
    }

    /// The orders, Checkout pages and refunds that a filter lets through, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders(&self, filter: &Filter) -> Result<Vec<View>, StoreError> {
        find_orders(&mut self.0.db.begin().await?, filter).await
    }

    /// All that is kept of the order, the Checkout page or the refund with this id: one for each merchant who has used it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn inspect(&self, id: &str) -> Result<Vec<Detail>, StoreError> {
        find_details(&mut self.0.db.begin().await?, id).await
    }

    /// Callbacks for orders that were never noted, the newest first, up to 1000.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn strays(&self, limit: u32) -> Result<Vec<Stray>, StoreError> {
        find_strays(&mut self.0.db.begin().await?, limit).await
    }

    /// Whether a callback came for this order, and it was never noted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_stray(&self, merchant_id: &str, order_id: &str) -> Result<bool, StoreError> {
        is_stray(&mut self.0.db.begin().await?, merchant_id, order_id).await
    }

    /// What waits, what a person has to look at, and how large it is: to be watched.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn health(&self) -> Result<Health, StoreError> {
        find_health(&mut self.0.db.begin().await?).await
    }
}
