//! Blocking calls, for programs without an async runtime. The sandbox's own thread does the work either way.

use pollster::block_on;

use crate::builder::SandboxBuilder;
use crate::engine::Delivery;
use crate::error::SandboxError;
use crate::order::Act;
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;

impl Sandbox {
    /// Starts a sandbox like [`start`](Self::start), and blocks until it runs. No async runtime is needed.
    ///
    /// ```
    /// use ottpay_sandbox::Sandbox;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::start_blocking()?;
    /// assert!(sandbox.pay_blocking("no such order").is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`start`](Self::start).
    pub fn start_blocking() -> Result<Self, SandboxError> {
        Self::builder().start_blocking()
    }

    /// Calls [`pay`](Self::pay), and blocks until the merchant has answered the callback. The merchant has to answer on
    /// another thread.
    ///
    /// # Errors
    /// The errors of [`act`](Self::act).
    pub fn pay_blocking(&self, order_id: &str) -> Result<Delivery, SandboxError> {
        block_on(self.pay(order_id))
    }

    /// Calls [`act`](Self::act), and blocks until the merchant has answered the callback, if there is one.
    ///
    /// # Errors
    /// The errors of [`act`](Self::act).
    pub fn act_blocking(&self, order_id: &str, act: Act) -> Result<Delivery, SandboxError> {
        block_on(self.act(order_id, act))
    }

    /// Calls [`resend`](Self::resend), and blocks until the merchant has answered the callback.
    ///
    /// # Errors
    /// The errors of [`resend`](Self::resend).
    pub fn resend_blocking(&self, order_id: &str, number: u32) -> Result<Delivery, SandboxError> {
        block_on(self.resend(order_id, number))
    }

    /// Calls [`play`](Self::play), and blocks until the last step has succeeded.
    ///
    /// # Errors
    /// The errors of [`play`](Self::play).
    pub fn play_blocking(&self, scenario: &Scenario) -> Result<(), SandboxError> {
        block_on(self.play(scenario))
    }
}

impl SandboxBuilder {
    /// Starts a sandbox like [`start`](Self::start), and blocks until it runs. No async runtime is needed.
    ///
    /// # Errors
    /// The errors of [`start`](Self::start).
    pub fn start_blocking(self) -> Result<Sandbox, SandboxError> {
        block_on(self.start())
    }
}
