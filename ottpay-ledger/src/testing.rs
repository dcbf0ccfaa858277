//! For the tests of a shop: callbacks without a gateway.
//!
//! The clock of a ledger and that of a sandbox are moved together by two lines:
//!
//! ```ignore
//! sandbox.advance(Duration::from_secs(3600))?;
//! ledger.advance(Duration::from_secs(3600));
//! ```

mod callback;

pub use callback::Callback;
