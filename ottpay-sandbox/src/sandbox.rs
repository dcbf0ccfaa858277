//! A running sandbox.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ottpay::{Currency, SignKey};

use crate::assume::Assumption;
use crate::clock::to_system_time;
use crate::engine::{Delivery, Engine};
use crate::error::SandboxError;
use crate::order::{Act, Order};
use crate::planned_fault::PlannedFault;
use crate::received::Received;
use crate::scenario::{PlayedStep, Player, Scenario};
use crate::security::Authority;
use crate::store::Callback;
use crate::thread::Thread;

/// A running gateway on its own thread. Dropping it stops it, and frees its port and its database file.
#[must_use = "the gateway stops when it is dropped"]
pub struct Sandbox {
    engine: Arc<Engine>,
    url: String,
    made_key: Option<String>,
    authority: Option<Authority>,
    thread: Thread,
}

impl Sandbox {
    /// Creates the handle of a gateway that is already running.
    pub(crate) fn new(
        engine: Arc<Engine>,
        url: String,
        made_key: Option<String>,
        authority: Option<Authority>,
        thread: Thread,
    ) -> Self {
        Self { engine, url, made_key, authority, thread }
    }

    /// Returns the base URL, for the client's setting `endpoint`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the certificate authority of a sandbox with TLS, in PEM, for the client's setting `trust_certificate`.
    pub fn ca_certificate(&self) -> Option<&str> {
        self.authority.as_ref().map(|authority| authority.pem.as_str())
    }

    /// Returns the file of [`ca_certificate`](Self::ca_certificate), if the certificate is stored in a folder.
    pub fn ca_file(&self) -> Option<&Path> {
        self.authority.as_ref()?.file.as_deref()
    }

    /// Returns the id of the only merchant.
    pub fn merchant_id(&self) -> &str {
        self.engine.merchant_id()
    }

    /// Returns the merchant's sign key.
    pub fn sign_key(&self) -> SignKey {
        self.engine.sign_key().clone()
    }

    /// Returns the currency of orders whose request names none.
    pub fn currency(&self) -> Currency {
        self.engine.currency()
    }

    /// Returns the sign key as a string if the sandbox generated it, but never a key from the settings.
    pub fn made_key(&self) -> Option<&str> {
        self.made_key.as_deref()
    }

    /// Plays the buyer who pays an order, and returns when the merchant has answered the callback.
    ///
    /// The order becomes paid, or authorised if the action only reserves the money. It keeps that state whatever the
    /// merchant answers; a callback that is not acknowledged is retried later.
    ///
    /// # Errors
    /// The errors of [`Sandbox::act`].
    pub async fn pay(&self, order_id: &str) -> Result<Delivery, SandboxError> {
        self.act(order_id, Act::Pay { tip: None, fee: None }).await
    }

    /// Plays the buyer or their bank, and returns when the merchant has answered the callback, if there is one.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`], [`SandboxError::WrongState`] and [`SandboxError::Database`]. After
    /// [`SandboxError::NotDelivered`] the act was applied, but the outcome of the callback is not known yet.
    pub async fn act(&self, order_id: &str, act: Act) -> Result<Delivery, SandboxError> {
        let acted = self.engine.act(order_id, act, "the test").await;
        let (_, callbacks) = acted.map_err(|error| error.into_sandbox_error(order_id, act))?;
        // If a forged callback was planned, the genuine one is the last.
        match callbacks.last() {
            Some(last) => self.await_delivery(order_id, last.clone()).await,
            None => Ok(Delivery::NotAsked),
        }
    }

    /// Posts a callback of an order again: the same message to the same URL. Returns when the merchant has answered.
    ///
    /// `number` is the callback's position among those of the order, counted from 1, in the sequence in which they were
    /// due and including those that were resent. A callback that is not acknowledged is retried later.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`], [`SandboxError::NoSuchCallback`] and [`SandboxError::Database`]. After
    /// [`SandboxError::NotDelivered`] the callback is in progress, but its outcome is not known yet.
    pub async fn resend(&self, order_id: &str, number: u32) -> Result<Delivery, SandboxError> {
        let again = self.engine.resend(order_id, number, "the test").await?;
        self.await_delivery(order_id, again).await
    }

    /// Waits until the merchant has answered a callback.
    async fn await_delivery(&self, order_id: &str, callback: Callback) -> Result<Delivery, SandboxError> {
        let (engine, id) = (Arc::clone(&self.engine), order_id.to_owned());
        // On the sandbox's own runtime, because the caller's may not have a timer.
        let delivered = self.thread.runtime().spawn(async move { engine.await_delivery(&id, &callback).await });
        delivered.await.unwrap_or_else(|_| Err(SandboxError::NotDelivered { order_id: order_id.to_owned() }))
    }

    /// Plans a fault. A bare [`Fault`](crate::Fault) happens once, to the next request or callback to which it can
    /// happen.
    ///
    /// # Errors
    /// [`SandboxError::TooManyFaults`] if a thousand faults are planned already, [`SandboxError::NoTimes`] if it would
    /// happen zero times, [`SandboxError::NoSuchAction`] if it names an unknown action, [`SandboxError::NeverHappens`]
    /// if it cannot happen to that action, and [`SandboxError::NoRefusal`] if the code of its refusal means success.
    pub fn add_fault(&self, fault: impl Into<PlannedFault>) -> Result<(), SandboxError> {
        self.engine.add_fault(fault.into())
    }

    /// Returns the planned faults that have not happened yet, in the order in which they were added.
    pub fn waiting_faults(&self) -> Vec<PlannedFault> {
        self.engine.waiting_faults()
    }

    /// Removes all planned faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.engine.clear_faults();
    }

    /// Changes what the gateway does where the vendor documents nothing, starting with the next request; see
    /// [`assume`](crate::assume).
    pub fn assume(&self, assumption: impl Into<Assumption>) {
        self.engine.assume(&[assumption.into()]);
    }

    /// Returns the current assumptions: one answer to each question.
    pub fn assumptions(&self) -> Vec<Assumption> {
        self.engine.assumptions().list()
    }

    /// Returns the time of the sandbox's clock.
    pub fn now(&self) -> SystemTime {
        to_system_time(self.engine.now())
    }

    /// Moves the sandbox's clock forward, which closes unpaid orders and retries callbacks.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn advance(&self, by: Duration) -> Result<(), SandboxError> {
        Ok(self.engine.advance(by)?)
    }

    /// Returns an order or a refund, by its id or by the merchant's id of its Checkout page.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn order(&self, order_id: &str) -> Result<Option<Order>, SandboxError> {
        Ok(self.engine.find(order_id)?)
    }

    /// Returns all orders and refunds, sorted by id.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn orders(&self) -> Result<Vec<Order>, SandboxError> {
        Ok(self.engine.all_orders()?)
    }

    /// Plays a scenario, starting from the sandbox's current state, and returns when the last step has succeeded.
    ///
    /// # Errors
    /// [`SandboxError::Scenario`] if an action, a field or a value does not match the specification; then no step is
    /// played. [`SandboxError::Step`] for the first step that fails; later steps are not played.
    pub async fn play(&self, scenario: &Scenario) -> Result<(), SandboxError> {
        self.play_with(scenario, |_| ()).await
    }

    /// Plays a scenario, and calls `report` after each step, including one that failed.
    ///
    /// # Errors
    /// The errors of [`play`](Self::play).
    pub async fn play_with(&self, scenario: &Scenario, report: impl FnMut(&PlayedStep)) -> Result<(), SandboxError> {
        scenario.check(self.engine.gateway())?;
        let player = Player::new(Arc::clone(&self.engine), scenario)?;
        player.play(self.thread.runtime(), scenario, report).await
    }

    /// Selects the requests of an action, by method or constant, to count them.
    pub fn received(&self, action: impl Into<String>) -> Received {
        Received::new(Arc::clone(&self.engine), action.into())
    }

    /// Returns the number of requests since the start, valid or not.
    pub fn requests(&self) -> u64 {
        self.engine.requests()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Dropping the thread waits for work in progress, so long work is left to the next start.
        self.engine.stop();
    }
}

/// Shows the URL and the merchant, but not the sign key.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Sandbox");
        out.field("url", &self.url).field("merchant_id", &self.merchant_id()).finish_non_exhaustive()
    }
}
