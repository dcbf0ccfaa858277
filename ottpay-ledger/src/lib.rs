//! Payments noted before they are sent, callbacks stored before they are acknowledged, each acted upon once.

// Until the parts that use them are here.
#![allow(dead_code)]

mod accept;
mod alert;
mod answer;
#[cfg(feature = "axum")]
pub mod axum;
mod binding;
mod budget;
mod builder;
mod collector;
mod columns;
#[cfg(feature = "testing")]
pub mod conformance;
mod db;
mod detail;
mod evaluate;
mod event;
mod filter;
mod given;
mod health;
mod hint;
mod http;
mod inside;
mod inspect;
mod later;
mod ledger;
mod migrate;
mod names;
mod note;
mod offer;
mod open;
mod pay;
mod position;
mod posted;
mod reading;
mod reference;
mod refund;
mod row;
mod schedule;
mod send;
mod send_error;
mod settings;
mod state;
pub mod states;
pub mod store;
mod stray;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod told;
mod view;
mod watch;
mod worker;

pub use alert::Alert;
pub use answer::Answer;
pub use builder::LedgerBuilder;
pub use detail::{Callbacks, Decision, Detail, Handover};
pub use event::{
    Ended, Event, Key, KeyError, Kind, Reason, RefundFailed, Refunded, Reversed, Unconfirmed, Unresolved, Why,
};
pub use filter::Filter;
pub use health::{Health, Unproven, Waiting};
pub use inspect::Inspector;
pub use ledger::Ledger;
pub use offer::Offer;
pub use open::OpenError;
pub use pay::NewId;
pub use reference::{Reference, ReferenceError};
pub use schedule::Schedule;
pub use send_error::SendError;
pub use state::{State, StateError};
#[cfg(feature = "postgres")]
pub use store::postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use store::sqlite::Sqlite;
pub use stray::Stray;
/// Of [`Postgres::connect_with`]: settings and connectors.
#[cfg(feature = "postgres")]
pub use tokio_postgres;
pub use view::{Parked, View};
pub use watch::Watch;
pub use worker::{Claim, Fail, RunError, SettleError, Tx, Verdict, VerdictError};
