//! Payments noted before they are sent, callbacks stored before they are acknowledged, each acted upon once.

// Until the parts that use them are here.
#![allow(dead_code)]

mod binding;
mod builder;
mod db;
mod ledger;
mod migrate;
mod names;
mod open;
mod reference;
mod settings;
pub mod store;

pub use builder::LedgerBuilder;
pub use ledger::Ledger;
pub use open::OpenError;
pub use reference::{Reference, ReferenceError};
