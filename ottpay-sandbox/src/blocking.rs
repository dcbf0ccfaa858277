//! The sandbox in a program without an async runtime. Its own thread does the work all the same.

use pollster::block_on;

use crate::builder::SandboxBuilder;
use crate::engine::Delivery;
use crate::error::SandboxError;
use crate::order::Act;
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;

impl Sandbox {
    /// [`start`](Self::start) for a test or a program that has no async runtime: blocks until the gateway runs.
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
    /// Those of [`start`](Self::start).
    pub fn start_blocking() -> Result<Self, SandboxError> {
        Self::builder().start_blocking()
    }

    /// [`pay`](Self::pay), and blocks until the merchant has answered the callback: answer it on another thread.
    ///
    /// # Errors
    /// Those of [`act`](Self::act).
    pub fn pay_blocking(&self, order_id: &str) -> Result<Delivery, SandboxError> {
        block_on(self.pay(order_id))
    }

    /// [`act`](Self::act), and blocks until the merchant has answered the callback, if there is one.
    ///
    /// # Errors
    /// Those of [`act`](Self::act).
    pub fn act_blocking(&self, order_id: &str, act: Act) -> Result<Delivery, SandboxError> {
        block_on(self.act(order_id, act))
    }

    /// [`resend`](Self::resend), and blocks until the merchant has answered the callback.
    ///
    /// # Errors
    /// Those of [`resend`](Self::resend).
    pub fn resend_blocking(&self, order_id: &str, number: u32) -> Result<Delivery, SandboxError> {
        block_on(self.resend(order_id, number))
    }

    /// [`play`](Self::play), and blocks until the last step has succeeded.
    ///
    /// # Errors
    /// Those of [`play`](Self::play).
    pub fn play_blocking(&self, scenario: &Scenario) -> Result<(), SandboxError> {
        block_on(self.play(scenario))
    }
}

impl SandboxBuilder {
    /// [`start`](Self::start) for a test or a program that has no async runtime: blocks until the gateway runs.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub fn start_blocking(self) -> Result<Sandbox, SandboxError> {
        block_on(self.start())
    }
}
