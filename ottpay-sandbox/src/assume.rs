//! Assumptions of the sandbox where the vendor documents nothing.
//!
//! The behaviour of a sandbox is not evidence of how the gateway behaves. Each assumption is a question with several
//! answers, and the first answer is the default. A test that must hold whatever the real gateway does iterates over all
//! of them:
//!
//! ```
//! use ottpay_sandbox::{Assumption, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! for assumption in Assumption::ALL {
//!     let sandbox = Sandbox::builder().assume(*assumption).start().await?;
//!     // …
//!     assert!(sandbox.assumptions().contains(assumption));
//! }
//! # Ok(())
//! # }
//! ```

mod parse;
mod questions;

pub use parse::AssumptionError;
pub(crate) use questions::Assumptions;
pub use questions::{
    AfterRefund, Assumption, BuyerCodes, CallbackStatus, Callbacks, CheckoutOrders, Duplicates, Echoes,
    FailureCallbacks, LatePayments, MinorUnits, OrderIds, PaidIds, Queries, Question, RefundIds, RefundLimit,
    RefundParts, RefundsCount, RefundsSettle, RefusalStatus, RefusedIds, Totals, UnknownOrder,
};
