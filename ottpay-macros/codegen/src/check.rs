//! The second step: turns the raw model into a checked one, in which every name resolves and every rule of the language
//! holds.
//!
//! It collects every problem of every file, and never stops at the first.

mod action;
mod address;
mod callback;
mod checker;
mod choice;
mod duplicate;
mod enums;
mod example;
mod field;
mod gateway;
mod library;
pub(crate) mod model;
mod own_id;
mod page;
mod query;
mod rust_names;
mod stand_ins;
mod taken_names;
mod type_names;
mod types;
mod types_file;
mod unused;

pub(crate) use checker::Checker;
pub(crate) use library::Library;
pub use model::*;
pub(crate) use taken_names::EXTENSION;
pub use taken_names::RESERVED;
