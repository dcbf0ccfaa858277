//! Payments noted before they are sent, callbacks stored before they are acknowledged, each acted upon once.

// Until the parts that use them are here.
#![allow(dead_code)]

mod alert;
mod binding;
mod budget;
mod builder;
mod db;
mod evaluate;
mod event;
mod inside;
mod ledger;
mod migrate;
mod names;
mod open;
mod position;
mod reference;
mod schedule;
mod settings;
mod state;
pub mod store;
mod told;
mod worker;

pub use alert::Alert;
pub use builder::LedgerBuilder;
pub use event::{
    Ended, Event, Key, KeyError, Kind, Reason, RefundFailed, Refunded, Reversed, Unconfirmed, Unresolved, Why,
};
pub use ledger::Ledger;
pub use open::OpenError;
pub use reference::{Reference, ReferenceError};
pub use schedule::Schedule;
pub use state::{State, StateError};
#[cfg(feature = "sqlite")]
pub use store::sqlite::Sqlite;
pub use worker::Fail;
