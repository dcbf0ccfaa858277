//! Targets for fuzzing: each is one function of bytes, which panics if something does not hold. cargo-fuzz calls them, and so
//! does the bounded run on a stable compiler.
#![forbid(unsafe_code)]

pub mod callback;
pub mod control;
pub mod fields;
pub mod inner;
mod json;
pub mod ledger;
mod merchant;
pub mod mutate;
mod opened;
pub mod outer;
mod pieces;
pub mod query;
mod rows;
mod secret;
pub mod specification;
pub mod targets;
mod vectors;
pub mod yaml;
