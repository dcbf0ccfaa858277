//! A PostgreSQL server for tests: a cluster of its own in a temporary folder, and PgBouncer before it.
//!
//! It ends with the test's process, however that ends: the server is the child of a shell that waits for the end of its
//! input, then stops the server and removes the folder.

mod cluster;
mod install;
mod pgbouncer;
mod starting;
mod watched;

pub(crate) use cluster::Server;

use std::sync::OnceLock;

/// The server that all tests of this process share, or `None`, with a printed sentence, where PostgreSQL is not installed.
pub(crate) fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(Server::start).as_ref()
}
