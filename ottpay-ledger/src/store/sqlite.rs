//! SQLite: one file and one connection, on a thread of its own.

mod error;
mod file;
mod handle;
mod job;
mod queue;
mod settings;
mod statement;
mod thread;
mod transaction;

pub use handle::Sqlite;
