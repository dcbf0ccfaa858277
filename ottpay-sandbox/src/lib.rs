//! A local OTT Pay gateway: no account, no network, no money.
//!
//! The vendor has no test environment; every test against the real gateway is a real payment. This gateway runs inside
//! a test or a program, on a loopback port, with the same protocol: it opens every request with the merchant's key,
//! checks the fields against the compiled specification, stores orders, and posts sealed callbacks. It does not know
//! any action by name: it serves every action of the specification.
//!
//! ```
//! use ottpay::{Amount, BizType, Client, OrderId, StatusClass};
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
//! assert_eq!(state.order_status().class(), StatusClass::Paid);
//! # Ok(())
//! # }
//! ```
//!
//! # In tests
//!
//! A sandbox starts within milliseconds, on a free port and with a database in memory, so each test can have its own, and
//! many can run at once. Each runs on its own thread and does not need your runtime: `start` works under `#[tokio::test]`
//! of either flavor and under other executors, and a client may block the test's thread. Dropping a sandbox stops it, and
//! its port and its database file can be used again at once.
//!
//! Several tests can share a sandbox in a static, and the runtime of any of them may start it:
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
//! Where the vendor documents nothing, the sandbox has to assume something. [`assume`] lists all assumptions with their
//! alternatives, so that a test can iterate over all of them.
//!
//! The test decides what goes wrong, and when. [`Fault::ALL`] lists the faults. [`Sandbox::now`] reads the clock, and
//! [`Sandbox::advance`] moves it forward:
//!
//! ```
//! use std::time::Duration;
//! use ottpay_sandbox::{Fault, PlannedFault, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! // The next request is carried out, but its reply is lost.
//! sandbox.add_fault(Fault::DropAfter)?;
//! // The next refund is refused.
//! sandbox.add_fault(PlannedFault::new(Fault::Refuse).action("REFUND").code("FAIL"))?;
//! sandbox.clear_faults(); // or not
//! let before = sandbox.now();
//! sandbox.advance(Duration::from_secs(30 * 60))?; // unpaid orders are closed
//! assert!(sandbox.now() >= before + Duration::from_secs(30 * 60));
//! for fault in Fault::ALL {
//!     println!("{}: {}", fault.name(), fault.description());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! No feature is enabled by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | `blocking` | `Sandbox::start_blocking`, for tests without an async runtime |
//! | `tls` | `SandboxBuilder::tls`: https with a certificate that the sandbox creates |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
pub mod assume;
#[cfg(feature = "blocking")]
mod blocking;
mod brake;
mod builder;
mod clock;
mod code;
mod control_access;
mod engine;
mod error;
mod fault;
mod json;
mod leniency;
mod line;
mod listen;
mod order;
mod order_debug;
mod planned_fault;
mod received;
mod redact;
mod sandbox;
pub mod scenario;
mod security;
mod server;
mod start;
mod store;
mod synchronous;
mod thread;
#[cfg(feature = "tls")]
mod tls;
mod variation;

pub use assume::{Assumption, AssumptionError, Question};
pub use builder::SandboxBuilder;
pub use engine::Delivery;
pub use error::SandboxError;
pub use fault::Fault;
pub use json::{write_as_client, write_as_gateway};
pub use leniency::Leniency;
pub use order::{Act, Order, OrderKind, OrderState};
pub use planned_fault::PlannedFault;
pub use received::Received;
pub use sandbox::Sandbox;
pub use synchronous::Synchronous;
#[cfg(feature = "tls")]
pub use tls::Tls;

/// Compiles the code of the guide, and runs it where it can.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing.md")]
struct TestingPage;
