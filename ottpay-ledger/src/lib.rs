//! Payments noted before they are sent, callbacks stored before they are acknowledged, each acted upon once.

// Until the parts that use them are here.
#![allow(dead_code)]

mod alert;
mod binding;
mod budget;
mod builder;
mod db;
mod inside;
mod ledger;
mod migrate;
mod names;
mod open;
mod reference;
mod settings;
pub mod store;
mod worker;

pub use alert::Alert;
pub use builder::LedgerBuilder;
pub use ledger::Ledger;
pub use open::OpenError;
pub use reference::{Reference, ReferenceError};
pub use worker::Fail;
