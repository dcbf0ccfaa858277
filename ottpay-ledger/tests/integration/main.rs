//! The ledger from outside: on SQLite, on PostgreSQL, and against the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

mod postgres_server;
#[cfg(feature = "sqlite")]
mod sqlite;
