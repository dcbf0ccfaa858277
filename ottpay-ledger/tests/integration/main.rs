//! The ledger from outside: on SQLite, on PostgreSQL, and against the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

#[cfg(feature = "sqlite")]
mod common;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "testing"))]
mod conformance;
#[cfg(feature = "sqlite")]
mod opening;
#[cfg(feature = "postgres")]
mod postgres;
mod postgres_server;
#[cfg(feature = "sqlite")]
mod sending;
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlite")]
mod views;
