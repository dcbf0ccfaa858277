//! Counts requests, for the assertions of a test.

use std::fmt;
use std::sync::Arc;

use crate::engine::Engine;
use crate::error::SandboxError;
use crate::store::Counts;

/// Counts the requests of one action; see [`Sandbox::received`](crate::Sandbox::received).
///
/// ```
/// # use ottpay_sandbox::Sandbox;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// // … the shop pays T1, and has to ask for it once …
/// assert_eq!(sandbox.received("ACTIVEPAY").count()?, 0);
/// sandbox.received("STATUS_QUERY").order_id("T1").accepted().expect(0)?;
/// # Ok(())
/// # }
/// ```
#[must_use = "requests are counted by `count` and `expect`"]
pub struct Received {
    engine: Arc<Engine>,
    action: String,
    order_id: Option<String>,
    /// Selects accepted or refused requests.
    is_accepted: Option<bool>,
}

impl Received {
    pub(crate) fn new(engine: Arc<Engine>, action: String) -> Self {
        Self { engine, action, order_id: None, is_accepted: None }
    }

    /// Selects requests about this order, refund or Checkout page.
    pub fn order_id(self, order_id: impl Into<String>) -> Self {
        Self { order_id: Some(order_id.into()), ..self }
    }

    /// Selects requests that were carried out, whether or not their reply arrived.
    pub fn accepted(self) -> Self {
        Self { is_accepted: Some(true), ..self }
    }

    /// Selects requests that were not carried out because the gateway refused them or a fault discarded them.
    pub fn refused(self) -> Self {
        Self { is_accepted: Some(false), ..self }
    }

    /// Returns the number of requests among the stored messages: the latest 10,000, or the latest 200,000 in a database
    /// file, which may include earlier runs.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchAction`] and [`SandboxError::Database`].
    pub fn count(&self) -> Result<u64, SandboxError> {
        let counts = self.engine.count_received(Some(&self.action), self.order_id.as_deref())?;
        Ok(self.select(counts))
    }

    /// Checks the exact number of requests.
    ///
    /// # Errors
    /// [`SandboxError::Received`] if the number differs, and the errors of [`count`](Self::count).
    pub fn expect(&self, expected: u64) -> Result<(), SandboxError> {
        match self.count()? {
            received if received == expected => Ok(()),
            received => Err(SandboxError::Received { expected, received, of: self.to_string() }),
        }
    }

    fn select(&self, Counts { accepted, refused }: Counts) -> u64 {
        match self.is_accepted {
            None => accepted.saturating_add(refused),
            Some(true) => accepted,
            Some(false) => refused,
        }
    }
}

/// Describes the selection, as in the error of [`Received::expect`]: `refused ACTIVEPAY requests about the order T1`.
impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_accepted {
            None => {}
            Some(true) => f.write_str("accepted ")?,
            Some(false) => f.write_str("refused ")?,
        }
        write!(f, "{} requests", self.action)?;
        match &self.order_id {
            Some(order_id) => write!(f, " about the order {order_id}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Received").field(&format_args!("{self}")).finish()
    }
}
