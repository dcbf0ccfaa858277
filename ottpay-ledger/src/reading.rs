//! The methods that read a ledger.

use crate::detail::{Detail, find_details};
use crate::filter::Filter;
use crate::health::{Health, find_health};
use crate::ledger::Ledger;
use crate::reference::Reference;
use crate::store::StoreError;
use crate::stray::{Stray, find_strays, is_stray};
use crate::view::{View, find_orders};

impl Ledger {
    /// Lists every order, Checkout page and refund of a reference, newest first, up to 100.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn view(&self, of: &Reference) -> Result<Vec<View>, StoreError> {
        self.orders(&Filter::new().reference(of)).await
    }

    /// Lists the orders, Checkout pages and refunds that match a filter, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn orders(&self, filter: &Filter) -> Result<Vec<View>, StoreError> {
        find_orders(&mut self.0.db.begin().await?, filter).await
    }

    /// Returns everything stored about the order, Checkout page or refund with this id: one item for each merchant that
    /// used the id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn inspect(&self, id: &str) -> Result<Vec<Detail>, StoreError> {
        find_details(&mut self.0.db.begin().await?, id).await
    }

    /// Lists callbacks for orders that were never noted, newest first, up to 1000.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn strays(&self, limit: u32) -> Result<Vec<Stray>, StoreError> {
        find_strays(&mut self.0.db.begin().await?, limit).await
    }

    /// Whether a callback arrived for this order although it was never noted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_stray(&self, merchant_id: &str, order_id: &str) -> Result<bool, StoreError> {
        is_stray(&mut self.0.db.begin().await?, merchant_id, order_id).await
    }

    /// Measures how much is waiting, how many orders need a person, and how large the ledger is. For monitoring.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn health(&self) -> Result<Health, StoreError> {
        find_health(&mut self.0.db.begin().await?).await
    }
}
