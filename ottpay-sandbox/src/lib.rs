//! A local OTT Pay gateway: no account, no network, no money.
//!
//! The vendor has no test environment; every test there is a real payment. This gateway runs inside a test or a
//! program, on a loopback port, and speaks the same protocol: it opens every request with the merchant's key, checks the
//! fields against the compiled specification, keeps orders, and posts sealed callbacks. It knows no action by name:
//! whatever is in the specification is served, with the version and the constant that stand there.
//!
//! ```
//! use ottpay::{Amount, BizType, Client, OrderId};
//! use ottpay_sandbox::Sandbox;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! let client = Client::builder()
//!     .endpoint(sandbox.url())
//!     .merchant_id(sandbox.merchant_id())
//!     .sign_key(sandbox.sign_key())
//!     .build()?;
//!
//! let order = OrderId::random();
//! let qr = client
//!     .active_pay()
//!     .order_id(&order)
//!     .amount(Amount::from_minor(1999))
//!     .biz_type(BizType::Alipay)
//!     .operator_id("0000020156")
//!     .call_back_url("http://127.0.0.1:9/ottpay")
//!     .send()
//!     .await?;
//! assert!(qr.code_url().contains(order.as_str()));
//!
//! sandbox.pay(order.as_str()).await?;
//! let state = client.status_query().order_id(&order).send().await?;
//! assert!(state.order_status().is_paid());
//! # Ok(())
//! # }
//! ```
//!
//! # In tests
//!
//! A sandbox starts within milliseconds, on a free port and with a database in memory, so each test can have its own, as
//! many at once as you like. Each runs on a thread of its own and needs no runtime of yours: `start` works under
//! `#[tokio::test]` of either flavor and under other executors, and a client that blocks the test's thread is answered
//! as well. When a sandbox is dropped it has stopped: its port and its database file can be used again at once.
//!
//! Several tests may share one in a static, whichever of their runtimes starts it:
//!
//! ```
//! use ottpay_sandbox::Sandbox;
//! use tokio::sync::OnceCell;
//!
//! static SHARED: OnceCell<Sandbox> = OnceCell::const_new();
//!
//! async fn sandbox() -> &'static Sandbox {
//!     SHARED.get_or_init(async || Sandbox::start().await.expect("a free port")).await
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() { assert!(sandbox().await.orders().unwrap().is_empty()); }
//! ```
//!
//! What goes wrong, and when, is up to the test. Every fault is listed in [`Fault::ALL`]; the clock is
//! [`Sandbox::now`], and only [`Sandbox::advance`] moves it other than time does:
//!
//! ```
//! use std::time::Duration;
//! use ottpay_sandbox::{Fault, Sandbox, Trouble};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! sandbox.trouble(Trouble::new(Fault::DropAfter))?; // the next request is carried out, but its reply is lost
//! sandbox.clear_troubles(); // or not
//! let before = sandbox.now();
//! sandbox.advance(Duration::from_secs(30 * 60))?; // unpaid orders are closed
//! assert!(sandbox.now() >= before + Duration::from_secs(30 * 60));
//! for fault in Fault::ALL {
//!     println!("{}: {}", fault.name(), fault.description());
//! }
//! # Ok(())
//! # }
//! ```

mod acts;
mod builder;
mod callback;
mod check;
mod clock;
mod engine;
mod error;
mod fault;
mod order;
mod reply;
mod server;
mod store;
mod thread;
mod trace;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use ottpay::SignKey;

pub use builder::SandboxBuilder;
pub use callback::Delivery;
pub use error::SandboxError;
pub use fault::{Fault, Trouble};
pub use order::{Act, Order, OrderKind, OrderState};

use engine::Engine;
use thread::Thread;

/// How long [`Sandbox::act`] waits for a callback. An attempt ends after ten seconds, but may have to wait for others.
const DELIVERED_WITHIN: Duration = Duration::from_secs(15);

/// A running gateway, on a thread of its own. When it is dropped it has stopped: its port and its database file are free.
#[must_use = "the gateway stops when it is dropped"]
pub struct Sandbox {
    engine: Arc<Engine>,
    url: String,
    made_key: Option<String>,
    thread: Thread,
}

impl Sandbox {
    /// Starts a gateway on a free loopback port, in memory, with a merchant and a sign key of its own.
    ///
    /// # Errors
    /// [`SandboxError::Listen`] if there is no free port, [`SandboxError::Start`] if the machine gives no thread.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Settings for a gateway.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Base address, for the client's setting `endpoint`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The only merchant the gateway knows.
    pub fn merchant_id(&self) -> &str {
        &self.engine.merchant_id
    }

    /// The merchant's sign key.
    pub fn sign_key(&self) -> SignKey {
        self.engine.sign_key.clone()
    }

    /// The text of the sign key, if the sandbox made it itself; never one that it was given.
    pub fn made_key(&self) -> Option<&str> {
        self.made_key.as_deref()
    }

    /// Plays the buyer: the order is paid, or the money for it reserved if that is what was asked for, and the callback
    /// is posted to the address the request gave. Returns when the merchant has answered. The order stays paid whatever
    /// the answer; a callback that is not taken is tried again later.
    ///
    /// # Errors
    /// Those of [`Sandbox::act`].
    pub async fn pay(&self, order_id: &str) -> Result<Delivery, SandboxError> {
        self.act(order_id, Act::Pay { tip: None, fee: None }).await
    }

    /// Plays the buyer or his bank. Returns when the merchant has answered the callback, if there is one.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`], [`SandboxError::WrongState`] and [`SandboxError::Database`]; with
    /// [`SandboxError::NotDelivered`] it is done, but nobody knows yet what became of the callback.
    pub async fn act(&self, order_id: &str, act: Act) -> Result<Delivery, SandboxError> {
        let acted = self.engine.act(order_id, act, "the test");
        let (_, callbacks) = acted.map_err(|error| error.of(order_id, act))?;
        let Some(last) = callbacks.last().cloned() else { return Ok(Delivery::NotAsked) };
        let engine = Arc::clone(&self.engine);
        let delivered = async move { tokio::time::timeout(DELIVERED_WITHIN, engine.delivered(&last)).await };
        let late = SandboxError::NotDelivered { order_id: order_id.to_owned() };
        // On the sandbox's own runtime, as that of the caller may have no clock.
        match self.thread.runtime().spawn(delivered).await {
            Ok(Ok(delivered)) => delivered,
            Ok(Err(_)) | Err(_) => Err(late),
        }
    }

    /// Lets something go wrong, see [`Fault`].
    ///
    /// # Errors
    /// [`SandboxError::TooManyFaults`] if a thousand wait already, [`SandboxError::NoTimes`] if it is to happen no times,
    /// [`SandboxError::NoSuchAction`] and [`SandboxError::NeverHappens`] if it can happen to nothing.
    pub fn trouble(&self, trouble: Trouble) -> Result<(), SandboxError> {
        self.engine.troubles.add(self.engine.gateway, trouble)
    }

    /// Forgets every fault that was asked for and has not happened yet.
    pub fn clear_troubles(&self) {
        self.engine.troubles.all().clear();
    }

    /// The time by the sandbox's clock.
    pub fn now(&self) -> SystemTime {
        clock::system(self.engine.clock.now())
    }

    /// Moves the sandbox's clock forward: unpaid orders are closed, callbacks tried again.
    ///
    /// # Errors
    /// [`SandboxError::Database`].
    pub fn advance(&self, by: Duration) -> Result<(), SandboxError> {
        Ok(self.engine.advance(by)?)
    }

    /// An order or a refund, by its id or by the merchant's id of its Checkout page.
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
        self.engine.settle_all()?;
        Ok(self.engine.store.orders(self.engine.gateway)?)
    }

    /// How many requests have arrived since the start, good or bad.
    pub fn requests(&self) -> u64 {
        self.engine.requests()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What takes long need not be finished: the thread waits for it.
        self.engine.stopping.store(true, Ordering::Relaxed);
    }
}

/// Shows where it is and whose it is; the sign key is not shown.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Sandbox");
        out.field("url", &self.url).field("merchant_id", &self.merchant_id()).finish_non_exhaustive()
    }
}
