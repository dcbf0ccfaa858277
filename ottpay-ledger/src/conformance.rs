//! The suite that every store must pass: for stores of your own.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn example() -> Result<(), ottpay_ledger::conformance::Failed> {
//! use ottpay_ledger::{Sqlite, conformance};
//!
//! // In a test: each call opens the same database anew.
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
