//! The shared state of the engine, and access to its plain values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ottpay::envelope::explain::{Explanation, explain};
use ottpay::spec::Gateway;
use ottpay::{Cipher, Currency, SignKey};
use tokio::sync::{OwnedSemaphorePermit, broadcast};

use super::alarm::Alarm;
use super::faults::WaitingFaults;
use super::jobs::JobQueue;
use super::news::News;
use super::rates::Rates;
use super::unserved_limit::UnservedLimit;
use crate::assume::{Assumption, Assumptions};
use crate::clock::Clock;
use crate::control_access::ControlAccess;
use crate::error::SandboxError;
use crate::planned_fault::PlannedFault;
use crate::store::Store;

/// The gateway without its server.
pub(crate) struct Engine {
    pub(super) settings: Settings,
    pub(super) assumptions: Mutex<Assumptions>,
    pub(super) http: reqwest::Client,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) faults: WaitingFaults,
    pub(super) rates: Rates,
    pub(super) requests: AtomicU64,
    /// Whether shutdown has begun.
    pub(super) stopping: AtomicBool,
    /// Wakes the delivery worker.
    pub(super) alarm: Alarm,
    pub(super) jobs: JobQueue<Engine>,
    pub(super) news: News,
    pub(super) unserved: UnservedLimit,
}

/// All settings of a running sandbox.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) gateway: &'static Gateway,
    pub(crate) merchant_id: String,
    pub(crate) sign_key: SignKey,
    pub(crate) cipher: Cipher,
    /// The URL for programs on this machine.
    pub(crate) endpoint: String,
    /// The URL for buyers, in payment links.
    pub(crate) public_url: String,
    /// Further host names of the certificate.
    pub(crate) names: Vec<String>,
    /// How long an unpaid order stays open.
    pub(crate) pay_within: Duration,
    /// The maximum number of attempts to deliver a callback.
    pub(crate) attempts: u32,
    /// The time between the first attempt and the second; it doubles with each further attempt.
    pub(crate) back_off: Duration,
    /// Whether callbacks may go to other machines.
    pub(crate) callbacks_anywhere: bool,
    /// The expected body of the merchant's answer to a callback.
    pub(crate) acknowledgement: String,
    /// Whether an answer with another body does not acknowledge the callback.
    pub(crate) strict_acknowledgement: bool,
    /// The merchant's currency.
    pub(crate) currency: Currency,
    /// Whether messages are written in the simplest form.
    pub(crate) is_tame: bool,
    /// Whether requests are refused that would otherwise be accepted with a note.
    pub(crate) is_strict: bool,
    /// Access from other machines; `None` if there is none.
    pub(crate) control_access: Option<ControlAccess>,
}

impl Engine {
    /// Creates the engine with a store, which may already contain a clock and rates.
    pub(crate) fn new(
        settings: Settings,
        assumptions: Assumptions,
        store: Store,
        http: reqwest::Client,
        jobs: JobQueue<Self>,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            settings,
            assumptions: Mutex::new(assumptions),
            http,
            clock: Clock::new(store.setting("clock_ahead")?.and_then(|ahead| ahead.parse().ok()).unwrap_or(0)),
            faults: WaitingFaults::default(),
            rates: Rates::load(&store)?,
            store,
            requests: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            alarm: Alarm::default(),
            jobs,
            news: News::default(),
            unserved: UnservedLimit::default(),
        })
    }

    pub(crate) fn merchant_id(&self) -> &str {
        &self.settings.merchant_id
    }

    pub(crate) fn sign_key(&self) -> &SignKey {
        &self.settings.sign_key
    }

    /// Returns the access settings for other machines, if there are any.
    pub(crate) fn control_access(&self) -> Option<&ControlAccess> {
        self.settings.control_access.as_ref()
    }

    /// Returns the compiled specification.
    pub(crate) fn gateway(&self) -> &'static Gateway {
        self.settings.gateway
    }

    /// Returns the cipher of `data`.
    pub(crate) fn cipher(&self) -> Cipher {
        self.settings.cipher
    }

    /// Returns the merchant's currency.
    pub(crate) fn currency(&self) -> Currency {
        self.settings.currency
    }

    /// Returns the current assumptions.
    pub(crate) fn assumptions(&self) -> Assumptions {
        *self.assumptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes all of these assumptions at once.
    pub(crate) fn assume(&self, new: &[Assumption]) {
        let mut assumptions = self.assumptions.lock().unwrap_or_else(PoisonError::into_inner);
        new.iter().for_each(|assumption| assumptions.set(*assumption));
    }

    /// Returns the URL for programs on this machine.
    pub(crate) fn endpoint(&self) -> &str {
        &self.settings.endpoint
    }

    /// Returns the URL for buyers.
    pub(crate) fn public_url(&self) -> &str {
        &self.settings.public_url
    }

    /// Returns further host names for clients and buyers.
    pub(crate) fn names(&self) -> &[String] {
        &self.settings.names
    }

    /// Returns the time of the sandbox's clock, in milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Returns how far the sandbox's clock is ahead of the machine's, in milliseconds.
    pub(crate) fn clock_ahead(&self) -> i64 {
        self.clock.offset()
    }

    /// Returns the number of requests so far, valid or not.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Begins the shutdown: long work is left to the next start.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Adds a fault, if it can happen.
    pub(crate) fn add_fault(&self, fault: PlannedFault) -> Result<(), SandboxError> {
        self.faults.add(self.settings.gateway, fault)
    }

    /// Returns the planned faults that have not happened yet.
    pub(crate) fn waiting_faults(&self) -> Vec<PlannedFault> {
        self.faults.all()
    }

    pub(crate) fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Returns the exchange rates to CNY, times 10^8, by currency.
    pub(crate) fn rates(&self) -> BTreeMap<String, u64> {
        self.rates.all()
    }

    /// Stores rates, and then adds or replaces them. Returns all rates.
    pub(crate) fn set_rates(&self, new: BTreeMap<String, u64>) -> rusqlite::Result<BTreeMap<String, u64>> {
        self.rates.set(new, &self.store)
    }

    /// Subscribes a page to changes for as long as it holds the permit. Returns `None` if too many pages are
    /// subscribed.
    pub(crate) fn watch(&self) -> Option<(OwnedSemaphorePermit, broadcast::Receiver<()>)> {
        self.news.watch()
    }

    /// Explains step by step how a message to or from the merchant opens.
    pub(crate) fn explain(&self, body: &[u8]) -> Explanation {
        explain(body, &self.settings.sign_key, self.settings.cipher)
    }
}

/// Shows the merchant, but not the sign key.
impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("merchant_id", &self.settings.merchant_id).finish_non_exhaustive()
    }
}
