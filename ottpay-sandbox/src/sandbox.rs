//! A running sandbox, as a test uses it.

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

/// A running gateway, on a thread of its own. When it is dropped it has stopped: its port and its database file are free.
#[must_use = "the gateway stops when it is dropped"]
pub struct Sandbox {
    engine: Arc<Engine>,
    url: String,
    made_key: Option<String>,
    authority: Option<Authority>,
    thread: Thread,
}

impl Sandbox {
    /// A gateway that runs already.
    pub(crate) fn new(
        engine: Arc<Engine>,
        url: String,
        made_key: Option<String>,
        authority: Option<Authority>,
        thread: Thread,
    ) -> Self {
        Self { engine, url, made_key, authority, thread }
    }

    /// Base address, for the client's setting `endpoint`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// With TLS, the certificate in PEM of the authority that clients have to trust, for the client's setting
    /// `trust_certificate`.
    pub fn ca_certificate(&self) -> Option<&str> {
        self.authority.as_ref().map(|authority| authority.pem.as_str())
    }

    /// The file with [`ca_certificate`](Self::ca_certificate), if the certificate is kept in a folder.
    pub fn ca_file(&self) -> Option<&Path> {
        self.authority.as_ref()?.file.as_deref()
    }

    /// The only merchant the gateway knows.
    pub fn merchant_id(&self) -> &str {
        self.engine.merchant_id()
    }

    /// The merchant's sign key.
    pub fn sign_key(&self) -> SignKey {
        self.engine.sign_key().clone()
    }

    /// The currency of orders whose request names none.
    pub fn currency(&self) -> Currency {
        self.engine.currency()
    }

    /// The text of the sign key, if the sandbox made it itself; never one that it was given.
    pub fn made_key(&self) -> Option<&str> {
        self.made_key.as_deref()
    }

    /// Plays the buyer: the order is paid, or the money for it reserved if the action does that, and the callback is
    /// posted to the address of the request. Returns when the merchant has answered. The order stays paid whatever the
    /// answer; a callback that is not accepted is retried later.
    ///
    /// # Errors
    /// Those of [`Sandbox::act`].
    pub async fn pay(&self, order_id: &str) -> Result<Delivery, SandboxError> {
        self.act(order_id, Act::Pay { tip: None, fee: None }).await
    }

    /// Plays the buyer or their bank. Returns when the merchant has answered the callback, if there is one.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`], [`SandboxError::WrongState`] and [`SandboxError::Database`]; with
    /// [`SandboxError::NotDelivered`] it is done, but the outcome of the callback is not known yet.
    pub async fn act(&self, order_id: &str, act: Act) -> Result<Delivery, SandboxError> {
        let acted = self.engine.act(order_id, act, "the test").await;
        let (_, callbacks) = acted.map_err(|error| error.into_sandbox_error(order_id, act))?;
        match callbacks.last() {
            Some(last) => self.await_delivery(order_id, last.clone()).await,
            None => Ok(Delivery::NotAsked),
        }
    }

    /// Posts a callback of an order once more: the same message to the same address. The number counts the callbacks of the
    /// order, from 1 and in the order in which they were due, those that were sent again included. Returns when the merchant
    /// has answered; a callback that is not accepted is retried later.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`], [`SandboxError::NoSuchCallback`] and [`SandboxError::Database`]; with
    /// [`SandboxError::NotDelivered`] it is under way, but its outcome is not known yet.
    pub async fn resend(&self, order_id: &str, number: u32) -> Result<Delivery, SandboxError> {
        let again = self.engine.resend(order_id, number, "the test").await?;
        self.await_delivery(order_id, again).await
    }

    /// Waits until the merchant has answered a callback.
    async fn await_delivery(&self, order_id: &str, callback: Callback) -> Result<Delivery, SandboxError> {
        let (engine, id) = (Arc::clone(&self.engine), order_id.to_owned());
        // On the sandbox's own runtime, as that of the caller may have no clock.
        let delivered = self.thread.runtime().spawn(async move { engine.await_delivery(&id, &callback).await });
        delivered.await.unwrap_or_else(|_| Err(SandboxError::NotDelivered { order_id: order_id.to_owned() }))
    }

    /// Plans a fault: a [`Fault`](crate::Fault) by itself happens once, to the next request or callback to which it can.
    ///
    /// # Errors
    /// [`SandboxError::TooManyFaults`] if a thousand wait already, [`SandboxError::NoTimes`] if it is to happen zero times,
    /// [`SandboxError::NoSuchAction`] and [`SandboxError::NeverHappens`] if there is nothing to which it can happen.
    pub fn add_fault(&self, fault: impl Into<PlannedFault>) -> Result<(), SandboxError> {
        self.engine.add_fault(fault.into())
    }

    /// The planned faults that have not happened yet, in the order in which they were added.
    pub fn waiting_faults(&self) -> Vec<PlannedFault> {
        self.engine.waiting_faults()
    }

    /// Removes every planned fault that has not happened yet.
    pub fn clear_faults(&self) {
        self.engine.clear_faults();
    }

    /// Changes what the gateway does where the vendor documents nothing, from the next request on; see
    /// [`assume`](crate::assume).
    pub fn assume(&self, assumption: impl Into<Assumption>) {
        self.engine.assume(&[assumption.into()]);
    }

    /// What is assumed: one answer to every question.
    pub fn assumptions(&self) -> Vec<Assumption> {
        self.engine.assumed().list()
    }

    /// The time by the sandbox's clock.
    pub fn now(&self) -> SystemTime {
        to_system_time(self.engine.now())
    }

    /// Moves the sandbox's clock forward: unpaid orders are closed, callbacks tried again.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn advance(&self, by: Duration) -> Result<(), SandboxError> {
        Ok(self.engine.advance(by)?)
    }

    /// An order or a refund, by its id or by the merchant's id for its Checkout page.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn order(&self, order_id: &str) -> Result<Option<Order>, SandboxError> {
        Ok(self.engine.find(order_id)?)
    }

    /// Every order and refund, by id.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn orders(&self) -> Result<Vec<Order>, SandboxError> {
        Ok(self.engine.all_orders()?)
    }

    /// Plays a scenario, and returns when its last step has succeeded. It goes on from the state that the sandbox has.
    ///
    /// # Errors
    /// [`SandboxError::Scenario`] if an action, a field or a value does not fit the specification: then no step is played.
    /// [`SandboxError::Step`] for the first step that fails; those after it are not played.
    pub async fn play(&self, scenario: &Scenario) -> Result<(), SandboxError> {
        self.play_with(scenario, |_| ()).await
    }

    /// Plays a scenario, and reports each step once it was played, also the one that failed.
    ///
    /// # Errors
    /// Those of [`play`](Self::play).
    pub async fn play_with(&self, scenario: &Scenario, report: impl FnMut(&PlayedStep)) -> Result<(), SandboxError> {
        scenario.check(self.engine.gateway())?;
        let player = Player::new(Arc::clone(&self.engine), scenario)?;
        player.play(self.thread.runtime(), scenario, report).await
    }

    /// The requests of an action, by method or constant, that have arrived: to be counted, all of them or some.
    pub fn received(&self, action: impl Into<String>) -> Received {
        Received::new(Arc::clone(&self.engine), action.into())
    }

    /// How many requests have arrived since the start, good or bad.
    pub fn requests(&self) -> u64 {
        self.engine.requests()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The thread waits for what is under way, so what takes long is left to the next start.
        self.engine.stop();
    }
}

/// Shows its address and its merchant; the sign key is not shown.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Sandbox");
        out.field("url", &self.url).field("merchant_id", &self.merchant_id()).finish_non_exhaustive()
    }
}
