//! What has happened: stored, and read for the pages and the control interface.

use super::state::Engine;
use crate::order::Order;
use crate::store::{Callback, CallbackState, Event, Exchange, Filter, FoundOrders, Latest, OrderSearch};

/// The maximum number of attempts of a callback that are listed.
const MAX_ATTEMPTS: u32 = 100;

impl Engine {
    /// Keeps an exchange. A failure is logged only, as the merchant has the answer already.
    pub(super) fn keep(&self, exchange: &Exchange) {
        if let Err(error) = self.store.keep(exchange) {
            tracing::error!(%error, "an exchange could not be kept");
        }
        self.news.announce();
    }

    /// Every order and refund, by id, as they are now.
    pub(crate) fn all_orders(&self) -> rusqlite::Result<Vec<Order>> {
        self.settle_all()?;
        self.store.orders(self.settings.gateway)
    }

    /// Finds orders, as they are now.
    pub(crate) fn search(&self, search: &OrderSearch) -> rusqlite::Result<FoundOrders> {
        let FoundOrders { orders, stopped_at } = self.store.search_orders(self.settings.gateway, search)?;
        let update = |(serial, order)| Ok((serial, self.bring_up_to_date(order)?));
        Ok(FoundOrders { orders: orders.into_iter().map(update).collect::<rusqlite::Result<_>>()?, stopped_at })
    }

    /// The number of the latest exchange; 0 if there is none.
    pub(crate) fn latest_exchange(&self) -> rusqlite::Result<i64> {
        self.store.latest_exchange()
    }

    /// The latest events of all orders, the latest one first.
    pub(crate) fn latest_events(&self, limit: u32) -> rusqlite::Result<Vec<Event>> {
        self.store.latest_events(limit)
    }

    /// The latest events of an order.
    pub(crate) fn events(&self, order: &Order) -> rusqlite::Result<Latest<Event>> {
        self.store.events(&order.id)
    }

    /// The latest refunds of a payment.
    pub(crate) fn refunds(&self, order: &Order) -> rusqlite::Result<Latest<Order>> {
        self.store.refunds(self.settings.gateway, &order.id)
    }

    /// The latest callbacks of an order.
    pub(crate) fn callbacks(&self, order: &Order) -> rusqlite::Result<Latest<Callback>> {
        self.store.callbacks(&order.id)
    }

    /// The states in which callbacks of an order are, those that are forged aside.
    pub(crate) fn genuine_callback_states(&self, order: &Order) -> rusqlite::Result<Vec<CallbackState>> {
        self.store.genuine_callback_states(&order.id)
    }

    /// The attempts to deliver a callback, the first one first.
    pub(crate) fn attempts(&self, callback: &Callback) -> rusqlite::Result<Vec<Exchange>> {
        let filter = Filter { callback: Some(callback.serial), limit: MAX_ATTEMPTS, ..Filter::default() };
        let mut attempts = self.store.exchanges(&filter)?;
        attempts.reverse();
        Ok(attempts)
    }

    /// The exchanges that pass the filter, whose order id may be that of a Checkout page.
    pub(crate) fn exchanges(&self, mut filter: Filter) -> rusqlite::Result<Vec<Exchange>> {
        filter.order_id = filter.order_id.map(|id| self.find_kept_id(&id)).transpose()?;
        self.store.exchanges(&filter)
    }

    /// The id under which the exchanges of an order are kept: a Checkout page has two, and it is the gateway's.
    pub(super) fn find_kept_id(&self, id: &str) -> rusqlite::Result<String> {
        Ok(self.store.order(self.settings.gateway, id)?.map_or_else(|| id.to_owned(), |order| order.id))
    }

    /// One exchange by its number.
    pub(crate) fn exchange(&self, serial: i64) -> rusqlite::Result<Option<Exchange>> {
        self.store.exchange(serial)
    }
}
