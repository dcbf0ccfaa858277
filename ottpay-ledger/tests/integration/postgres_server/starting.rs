//! What every server needs to start.

use std::net::TcpListener;
use std::time::Duration;

/// The time limit for starting a server.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A port on which nothing listens. Another program may bind it before the server does.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
