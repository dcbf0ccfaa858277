//! The ledger: a store and the clients whose payments are in it.

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

/// A shop's payments and refunds, from before they are sent until they have an end. Cheap to clone: clones share everything.
#[derive(Clone)]
pub struct Ledger(pub(crate) Arc<Inner>);

/// What all clones share.
pub(crate) struct Inner {
    pub(crate) db: Db,
    /// By their merchant ids.
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) settings: Settings,
    /// How often the gateway is asked.
    pub(crate) budget: Budget,
    /// A hint or a note came.
    pub(crate) wake: Notify,
    /// Callbacks that wait for the next transaction.
    pub(crate) collector: Collector<Posted>,
    /// Whether workers have been told to end.
    pub(crate) stop: watch::Sender<bool>,
}

impl Ledger {
    pub(crate) fn new(db: Db, clients: BTreeMap<String, Client>, settings: Settings) -> Self {
        let (stop, _) = watch::channel(false);
        let budget = Budget::new(settings.queries_per_second);
        let (wake, collector) = (Notify::new(), Collector::default());
        Self(Arc::new(Inner { db, clients, settings, budget, wake, collector, stop }))
    }

    /// Tells every worker of this ledger and its clones to end: none takes a further order, and handlers that run finish or
    /// are rolled back at their limit.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Moves the database's clock on, as this ledger and its clones see it: for tests.
    #[cfg(feature = "testing")]
    pub fn advance(&self, by: std::time::Duration) {
        self.0.db.advance(by);
        self.0.wake.notify_waiters();
    }
}

impl Inner {
    /// The client of the order's merchant, if it talks to the gateway to which the order was sent.
    pub(crate) fn client_of(&self, order: &Tracked) -> Option<&Client> {
        self.clients.get(order.merchant_id()).filter(|client| client.environment() == order.environment())
    }
}

/// Shows the store and the merchants.
impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { db, clients, .. } = &*self.0;
        f.debug_struct("Ledger").field("db", db).field("merchants", &clients.keys()).finish_non_exhaustive()
    }
}
