//! Tools for a shop's tests: callbacks without a gateway.
//!
//! Two lines move the clocks of a ledger and a sandbox together:
//!
//! ```ignore
//! sandbox.advance(Duration::from_secs(3600))?;
//! ledger.advance(Duration::from_secs(3600));
//! ```

mod callback;

pub use callback::Callback;
