//! Targets for fuzzing: each is one function of bytes, which panics if an invariant is violated. cargo-fuzz calls them,
//! and so does the bounded run on a stable compiler.
#![forbid(unsafe_code)]

pub mod callback;
pub mod control;
pub mod explanation;
pub mod fields;
pub mod inner;
mod json;
pub mod ledger;
/// The runtime's own tests use the same module for comparison.
#[path = "../../ottpay-runtime/src/envelope/members.rs"]
mod members;
mod merchant;
pub mod mutate;
mod numbers;
mod opened;
pub mod outer;
mod pieces;
pub mod query;
mod recorded;
mod rows;
mod samples;
pub mod scenario;
mod secret;
mod shop;
pub mod specification;
pub mod targets;
mod vectors;
mod words;
mod written;
pub mod yaml;
