//! The runtime without generated code.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod fields;
mod opening;
mod vectors;
