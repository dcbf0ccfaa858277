//! The command `ottpay`, run as a user runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

mod assume;
mod call;
mod common;
mod envelope;
mod files;
mod forward;
mod interop;
mod killed;
mod ledger;
#[cfg(unix)]
mod links;
mod listen;
mod outcome;
mod pages;
mod ready;
mod rules;
mod sandbox;
mod scenario;
mod settings;
mod tables;
#[cfg(feature = "rustls")]
mod tls;
mod trigger;
mod unread;
#[cfg(unix)]
mod used_up;
mod wait;
mod wording;
