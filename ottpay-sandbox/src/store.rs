//! Stores the state of the sandbox in SQLite, in memory or in a file.

mod callbacks;
mod database;
mod events;
mod exchanges;
mod file;
mod latest;
mod orders;
mod owner;
mod pattern;
mod refunds;
mod savepoint;
mod search;

pub(crate) use callbacks::{Callback, CallbackFault, CallbackState};
pub(crate) use database::Store;
pub(crate) use events::{BUYER, Event, Topic, describe_attempt, describe_state};
pub(crate) use exchanges::{Counts, Exchange, Filter, MAX_BODY, Note};
pub(crate) use latest::Latest;
pub(crate) use orders::{ActError, AddError, Change};
pub(crate) use owner::OpenError;
pub(crate) use refunds::RefundError;
pub(crate) use search::{FoundOrders, MAX_SEARCHED, OrderSearch};
