//! The ledger from outside: on SQLite, on PostgreSQL, and against the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

#[cfg(all(feature = "sqlite", feature = "axum", feature = "testing"))]
mod accept;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod claim;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod claiming;
#[cfg(feature = "sqlite")]
mod common;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "testing"))]
mod conformance;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "testing"))]
mod due;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod handled;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "testing"))]
mod kill;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod lost_commit;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "testing"))]
mod matrix;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod model;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod noted;
#[cfg(feature = "sqlite")]
mod opening;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod parking;
#[cfg(feature = "sqlite")]
mod paying;
#[cfg(feature = "postgres")]
mod postgres;
mod postgres_server;
#[cfg(feature = "sqlite")]
mod refunding;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod rules;
#[cfg(feature = "sqlite")]
mod sending;
mod server;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod settling;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod upkeep;
#[cfg(feature = "sqlite")]
mod views;
#[cfg(all(feature = "sqlite", feature = "testing"))]
mod worker;
