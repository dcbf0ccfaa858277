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

mod answer;
mod callback;
mod check;
mod orders;
mod reply;
mod server;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ottpay::info::Gateway;
use ottpay::{Cipher, SignKey};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use callback::Delivery;
pub use orders::{Order, OrderKind, OrderState};

use answer::Engine;
use orders::PayError;

/// A running gateway. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    engine: Arc<Engine>,
    url: String,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a gateway on a free loopback port, with a merchant and a sign key of its own.
    ///
    /// # Errors
    /// [`SandboxError::Start`] if the port cannot be opened.
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

    /// Plays the buyer: the order is paid, or the money for it reserved if that is what was asked for, and the callback
    /// is posted to the address the request gave. Returns when the merchant has answered. The order stays paid whatever the answer.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`] and [`SandboxError::NotPayable`].
    pub async fn pay(&self, order_id: &str) -> Result<Delivery, SandboxError> {
        let order = self.engine.orders().pay(order_id).map_err(|error| match error {
            PayError::NoSuchOrder => SandboxError::NoSuchOrder { order_id: order_id.to_owned() },
            PayError::NotPayable => SandboxError::NotPayable { order_id: order_id.to_owned() },
        })?;
        Ok(callback::deliver(&self.engine, &order).await)
    }

    /// An order or a refund, by its id.
    pub fn order(&self, order_id: &str) -> Option<Order> {
        self.engine.orders().get(order_id).cloned()
    }

    /// Every order and refund, by id.
    pub fn orders(&self) -> Vec<Order> {
        self.engine.orders().all().cloned().collect()
    }

    /// How many requests have arrived, good or bad.
    pub fn requests(&self) -> u64 {
        self.engine.requests()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Settings for a gateway; each has a default.
#[derive(Debug, Default)]
#[must_use = "settings do nothing until `start` is called"]
pub struct SandboxBuilder {
    gateway: Option<&'static Gateway>,
    merchant_id: Option<String>,
    sign_key: Option<SignKey>,
    cipher: Option<Cipher>,
    port: u16,
}

impl SandboxBuilder {
    /// Another compiled specification than [`ottpay::GATEWAY`].
    pub fn gateway(mut self, gateway: &'static Gateway) -> Self {
        self.gateway = Some(gateway);
        self
    }

    /// The merchant id; by default `SB00000001`.
    pub fn merchant_id(mut self, merchant_id: impl Into<String>) -> Self {
        self.merchant_id = Some(merchant_id.into().trim().to_owned());
        self
    }

    /// The sign key; by default a random one.
    pub fn sign_key(mut self, sign_key: SignKey) -> Self {
        self.sign_key = Some(sign_key);
        self
    }

    /// How `data` is encrypted; by default as the specification says.
    pub fn cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = Some(cipher);
        self
    }

    /// The port; by default a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the gateway on `127.0.0.1`.
    ///
    /// # Errors
    /// [`SandboxError::Start`] if the port cannot be opened.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let gateway = self.gateway.unwrap_or(&ottpay::GATEWAY);
        let sign_key = self.sign_key.map_or_else(random_key, Ok)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let start = |error: std::io::Error| SandboxError::Start { reason: format!("{address}: {error}") };
        let listener = TcpListener::bind(address).await.map_err(start)?;
        let url = format!("http://{}", listener.local_addr().map_err(start)?);
        let engine = Arc::new(Engine::new(
            gateway,
            self.merchant_id.unwrap_or_else(|| "SB00000001".to_owned()),
            sign_key,
            self.cipher.unwrap_or(gateway.cipher),
        )?);
        let server = tokio::spawn(server::serve(listener, Arc::clone(&engine)));
        Ok(Sandbox { engine, url, server })
    }
}

/// A key of 16 upper-case hex digits, the shape of the vendor's samples.
fn random_key() -> Result<SignKey, SandboxError> {
    let mut bytes = [0_u8; 8];
    let start = |reason: String| SandboxError::Start { reason };
    getrandom::fill(&mut bytes).map_err(|error| start(error.to_string()))?;
    SignKey::new(format!("{:016X}", u64::from_be_bytes(bytes))).map_err(|error| start(error.to_string()))
}

/// What can go wrong with a sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The gateway could not start.
    #[error("the sandbox cannot start: {reason}")]
    Start {
        /// Why.
        reason: String,
    },
    /// There is no order with this id.
    #[error("there is no order {order_id}")]
    NoSuchOrder {
        /// The id.
        order_id: String,
    },
    /// The order is a refund, or has been paid already.
    #[error("the order {order_id} is not waiting to be paid")]
    NotPayable {
        /// The id.
        order_id: String,
    },
}
