//! The sandbox from outside: over HTTP, and by its methods.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

mod access;
mod assume;
mod awkward;
mod browser;
mod buttons;
mod callbacks;
mod chromium;
mod common;
mod control;
mod database;
mod devtools;
mod faults;
mod leniency;
mod lifetime;
mod looks;
mod orders;
mod pages;
mod received;
mod recorded;
mod recorded_page;
mod requests;
mod scenario;
mod search;
