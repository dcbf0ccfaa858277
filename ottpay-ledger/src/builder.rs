//! The settings of a ledger, and how to open it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ottpay::Client;

use crate::alert::{Alert, Alerts};
use crate::binding::bind;
use crate::db::Db;
use crate::ledger::Ledger;
use crate::migrate::migrate;
use crate::open::OpenError;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::store::Store;

/// The longest handler limit. Adding it to a clock never overflows.
const LONGEST: Duration = Duration::from_secs(3600);

/// The settings of a ledger; see [`Ledger::builder`].
#[must_use = "nothing is opened until `open().await`"]
pub struct LedgerBuilder {
    db: Db,
    clients: Vec<Client>,
    settings: Settings,
    binds_new_merchants: bool,
}

impl Ledger {
    /// Opens a store and creates its tables if they do not exist. The first call binds the store to the gateway and the
    /// merchants of the clients.
    ///
    /// # Errors
    /// [`OpenError`] if the store is bound to another gateway or merchant, was written by a later version, or cannot be
    /// used.
    pub async fn open(store: impl Store, clients: impl IntoIterator<Item = Client>) -> Result<Self, OpenError> {
        Self::builder(store).clients(clients).open().await
    }

    /// Starts building a ledger with settings.
    pub fn builder(store: impl Store) -> LedgerBuilder {
        LedgerBuilder::new(Db::new(store))
    }
}

impl LedgerBuilder {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, clients: Vec::new(), settings: Settings::default(), binds_new_merchants: false }
    }

    /// Adds a client, whose merchant's payments the ledger then manages. The client must have a currency; see
    /// `ClientBuilder::currency`.
    pub fn client(mut self, client: Client) -> Self {
        self.clients.push(client);
        self
    }

    /// Adds several clients of different merchants at the same gateway.
    pub fn clients(mut self, clients: impl IntoIterator<Item = Client>) -> Self {
        self.clients.extend(clients);
        self
    }

    /// Allows adding merchants to a store that is already bound to others. Without this they are rejected, because the
    /// store more likely belongs to another shop.
    pub fn bind_new_merchants(mut self) -> Self {
        self.binds_new_merchants = true;
        self
    }

    /// How many queries per second this process sends for each merchant; 5 by default. The gateway's own limit is not
    /// documented.
    pub fn queries_per_second(mut self, queries: u32) -> Self {
        // Without any query, no order would be followed.
        self.settings.queries_per_second = queries.max(1);
        self
    }

    /// How long a handler may keep its transaction open, 5 seconds by default and at most one hour; after that it is
    /// rolled back. On SQLite every other transaction waits for it.
    pub fn handler_limit(mut self, limit: Duration) -> Self {
        self.settings.handler_limit = limit.min(LONGEST);
        self
    }

    /// When to query the gateway about an order that has had no callback.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.settings.schedule = schedule;
        self
    }

    /// How long the bodies of callbacks and events are kept; 30 days by default. Orders and the keys of events are kept
    /// forever.
    pub fn keep(mut self, time: Duration) -> Self {
        self.settings.keep = time;
        self
    }

    /// Sets a function that is called with each [`Alert`]. It must not block.
    pub fn on_alert(mut self, listener: impl Fn(&Alert) + Send + Sync + 'static) -> Self {
        self.settings.alerts = Alerts::with_listener(listener);
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    /// Those of [`Ledger::open`].
    pub async fn open(self) -> Result<Ledger, OpenError> {
        let Self { db, clients, settings, binds_new_merchants } = self;
        let environment = clients.first().ok_or(OpenError::NoClient)?.environment().to_owned();
        let mut by_merchant = BTreeMap::new();
        for client in clients {
            let merchant = client.merchant_id().to_owned();
            if client.environment() != environment {
                let (first, second) = (environment, client.environment().to_owned());
                return Err(OpenError::SeveralEnvironments { first, second });
            }
            if client.currency().is_none() {
                return Err(OpenError::NoCurrency { merchant });
            }
            if by_merchant.insert(merchant.clone(), client).is_some() {
                return Err(OpenError::SameMerchant { merchant });
            }
        }
        migrate(&db).await?;
        bind(&db, &environment, by_merchant.keys(), binds_new_merchants).await?;
        Ok(Ledger::new(db, by_merchant, settings))
    }
}

impl fmt::Debug for LedgerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerBuilder").field("clients", &self.clients).finish_non_exhaustive()
    }
}
