//! The generator: what it reports, what it emits, and what it writes into `docs/`.
//!
//! `UPDATE=1 cargo test -p ottpay-codegen --test integration` rewrites the files generated from the language and from
//! `spec/`; read the difference before you commit it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod diagnostics;
mod emitted;
mod guide;
mod layout;
mod prose;
mod reference;
mod schema;
mod tokens;
