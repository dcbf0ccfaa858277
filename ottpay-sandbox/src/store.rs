//! What the sandbox remembers, in SQLite: in memory, or in a file that outlives it.

mod callbacks;
mod database;
mod exchanges;
mod file;
mod orders;
mod owner;
mod savepoint;

pub(crate) use callbacks::{Callback, CallbackFault, CallbackState};
pub(crate) use database::Store;
pub(crate) use exchanges::{Exchange, Filter, MAX_BODY};
pub(crate) use orders::{ActError, AddError, Change, Event, RefundError};
pub(crate) use owner::OpenError;
