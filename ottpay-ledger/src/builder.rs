//! The settings of a ledger, and how it is opened.

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

/// The longest limit of a handler: no clock overflows by it.
const LONGEST: Duration = Duration::from_secs(3600);

/// The settings of a ledger, see [`Ledger::builder`].
#[must_use = "nothing is opened until `open().await`"]
pub struct LedgerBuilder {
    db: Db,
    clients: Vec<Client>,
    settings: Settings,
    binds_new_merchants: bool,
}

impl Ledger {
    /// Opens a store, and makes its tables if they are not there. The first time, it is bound to the gateway and the merchants
    /// of the clients.
    ///
    /// # Errors
    /// [`OpenError`] if it is bound to another gateway or merchant, of a later version, or cannot be used.
    pub async fn open(store: impl Store, clients: impl IntoIterator<Item = Client>) -> Result<Self, OpenError> {
        Self::builder(store).clients(clients).open().await
    }

    /// Begins the settings of a ledger.
    pub fn builder(store: impl Store) -> LedgerBuilder {
        LedgerBuilder::new(Db::new(store))
    }
}

impl LedgerBuilder {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, clients: Vec::new(), settings: Settings::default(), binds_new_merchants: false }
    }

    /// Adds a client: its merchant's payments may be in the ledger. It must know its currency, see
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

    /// Allows adding merchants to a store that is bound to others already. Otherwise they are rejected, because the store is
    /// more likely that of another shop.
    pub fn bind_new_merchants(mut self) -> Self {
        self.binds_new_merchants = true;
        self
    }

    /// How many queries this process asks in a second for each merchant, by default 5. What one gateway allows is not
    /// documented.
    pub fn queries_per_second(mut self, queries: u32) -> Self {
        self.settings.queries_per_second = queries.max(1);
        self
    }

    /// How long a handler may keep its transaction open, by default 5 seconds; then it is rolled back. On SQLite everything
    /// else waits for it. More than an hour is an hour.
    pub fn handler_limit(mut self, limit: Duration) -> Self {
        self.settings.handler_limit = limit.min(LONGEST);
        self
    }

    /// When the gateway is asked about an order of which nothing is heard.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.settings.schedule = schedule;
        self
    }

    /// How long the bodies of callbacks and events are kept, by default 30 days. Orders and keys of events are kept for ever.
    pub fn keep(mut self, time: Duration) -> Self {
        self.settings.keep = time;
        self
    }

    /// Tells a function what a person should know at once, see [`Alert`]. It must not block.
    pub fn on_alert(mut self, listener: impl Fn(&Alert) + Send + Sync + 'static) -> Self {
        self.settings.alerts = Alerts::to(listener);
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
