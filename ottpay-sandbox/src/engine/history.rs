//! Stores and reads past events, for the pages and the control interface.

use super::state::Engine;
use crate::order::Order;
use crate::store::{Callback, CallbackState, Event, Exchange, Filter, FoundOrders, Latest, OrderSearch};

/// The maximum number of listed attempts of a callback.
const MAX_ATTEMPTS: u32 = 100;

impl Engine {
    /// Stores an exchange. A failure is only logged, because it must not change the answer to the merchant.
    pub(super) fn record_exchange(&self, exchange: &Exchange) {
        if let Err(error) = self.store.add_exchange(exchange) {
            tracing::error!(%error, "an exchange could not be stored");
        }
        self.news.announce();
    }

    /// Returns all orders and refunds by id, with due changes applied.
    pub(crate) fn all_orders(&self) -> rusqlite::Result<Vec<Order>> {
        self.settle_all()?;
        self.store.orders(self.settings.gateway)
    }

    /// Finds orders, with due changes applied.
    pub(crate) fn search(&self, search: &OrderSearch) -> rusqlite::Result<FoundOrders> {
        let FoundOrders { orders, stopped_at } = self.store.search_orders(self.settings.gateway, search)?;
        let update = |(serial, order)| Ok((serial, self.bring_up_to_date(order)?));
        Ok(FoundOrders { orders: orders.into_iter().map(update).collect::<rusqlite::Result<_>>()?, stopped_at })
    }

    /// Returns the number of the latest exchange; 0 if there is none.
    pub(crate) fn latest_exchange(&self) -> rusqlite::Result<i64> {
        self.store.latest_exchange()
    }

    /// Returns the latest events of all orders, latest first.
    pub(crate) fn latest_events(&self, limit: u32) -> rusqlite::Result<Vec<Event>> {
        self.store.latest_events(limit)
    }

    /// Returns the latest events of an order.
    pub(crate) fn events(&self, order: &Order) -> rusqlite::Result<Latest<Event>> {
        self.store.events(&order.id)
    }

    /// Returns the latest refunds of a payment.
    pub(crate) fn refunds(&self, order: &Order) -> rusqlite::Result<Latest<Order>> {
        self.store.refunds(self.settings.gateway, &order.id)
    }

    /// Returns the latest callbacks of an order.
    pub(crate) fn callbacks(&self, order: &Order) -> rusqlite::Result<Latest<Callback>> {
        self.store.callbacks(&order.id)
    }

    /// Returns the states of an order's callbacks except forged ones.
    pub(crate) fn genuine_callback_states(&self, order: &Order) -> rusqlite::Result<Vec<CallbackState>> {
        self.store.genuine_callback_states(&order.id)
    }

    /// Returns the attempts to deliver a callback, earliest first.
    pub(crate) fn attempts(&self, callback: &Callback) -> rusqlite::Result<Vec<Exchange>> {
        let filter = Filter { callback: Some(callback.serial), limit: MAX_ATTEMPTS, ..Filter::default() };
        let mut attempts = self.store.exchanges(&filter)?;
        attempts.reverse();
        Ok(attempts)
    }

    /// Returns the exchanges that match a filter, whose order id may be that of a Checkout page.
    pub(crate) fn exchanges(&self, mut filter: Filter) -> rusqlite::Result<Vec<Exchange>> {
        filter.order_id = filter.order_id.map(|id| self.find_kept_id(&id)).transpose()?;
        self.store.exchanges(&filter)
    }

    /// Returns the id under which an order's exchanges are stored: for a Checkout page, the gateway's id.
    pub(super) fn find_kept_id(&self, id: &str) -> rusqlite::Result<String> {
        Ok(self.store.order(self.settings.gateway, id)?.map_or_else(|| id.to_owned(), |order| order.id))
    }

    /// Returns the exchange with this number.
    pub(crate) fn exchange(&self, serial: i64) -> rusqlite::Result<Option<Exchange>> {
        self.store.exchange(serial)
    }
}
