//! PostgreSQL: a pool of connections, unnamed statements, and time limits that the server enforces.

mod error;
mod handle;
mod link;
mod pool;
mod transaction;
mod value;

pub use handle::Postgres;
