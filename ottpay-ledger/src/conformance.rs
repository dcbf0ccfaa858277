//! The conformance suite for stores, which a store of your own has to pass.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn example() -> Result<(), ottpay_ledger::conformance::Failed> {
//! use ottpay_ledger::{Sqlite, conformance};
//!
//! // In a test: each call opens the same database again.
//! conformance::run(|| async { Sqlite::file("target/conformance.db") }).await
//! # }
//! ```

mod bench;
mod case;
mod limits;
mod run;
mod transactions;
mod values;

pub use case::{Case, Failed};
pub use run::{cases, run};
