//! The ledger: a store, and the clients whose payments it contains.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ottpay::Client;
use ottpay::payment::Tracked;
use tokio::sync::{Notify, watch};

use crate::budget::Budget;
use crate::collector::Collector;
use crate::db::Db;
use crate::posted::Posted;
use crate::settings::Settings;

/// A shop's payments and refunds, from before they are sent until they end.
///
/// Clones are cheap and share everything.
#[derive(Clone)]
pub struct Ledger(pub(crate) Arc<Inner>);

/// The state that all clones share.
pub(crate) struct Inner {
    pub(crate) db: Db,
    /// The clients by merchant id.
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) settings: Settings,
    /// The limit on queries to the gateway.
    pub(crate) budget: Budget,
    /// Notified when a hint or a note was stored.
    pub(crate) wake: Notify,
    /// Callbacks that wait for the next transaction.
    pub(crate) collector: Collector<Posted>,
    /// Whether workers should stop.
    pub(crate) stop: watch::Sender<bool>,
}

impl Ledger {
    pub(crate) fn new(db: Db, clients: BTreeMap<String, Client>, settings: Settings) -> Self {
        let (stop, _) = watch::channel(false);
        let budget = Budget::new(settings.queries_per_second);
        let (wake, collector) = (Notify::new(), Collector::default());
        Self(Arc::new(Inner { db, clients, settings, budget, wake, collector, stop }))
    }

    /// Stops every worker of this ledger and its clones. They claim no further orders; running handlers finish, or are
    /// rolled back at their time limit.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Moves the database's clock forward, as seen by this ledger and its clones. For tests.
    #[cfg(feature = "testing")]
    pub fn advance(&self, by: std::time::Duration) {
        self.0.db.advance(by);
        self.0.wake.notify_waiters();
    }
}

impl Inner {
    /// Returns the client of an order's merchant, if it uses the gateway to which the order was sent.
    pub(crate) fn client_of(&self, order: &Tracked) -> Option<&Client> {
        self.clients.get(order.merchant_id()).filter(|client| client.environment() == order.environment())
    }
}

/// Shows only the store and the merchants.
impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { db, clients, .. } = &*self.0;
        f.debug_struct("Ledger").field("db", db).field("merchants", &clients.keys()).finish_non_exhaustive()
    }
}
