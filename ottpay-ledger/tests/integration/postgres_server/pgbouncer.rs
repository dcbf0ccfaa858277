//! PgBouncer in transaction mode: each transaction may have another connection to the server.

use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use super::install::{find_pgbouncer, unprivileged};
use super::starting::{PATIENCE, free_port};
use super::watched::Watched;

/// A running PgBouncer.
pub(crate) struct PgBouncer {
    port: u16,
    _process: Watched,
}

impl PgBouncer {
    /// Before the server with this port, whose folder it shares.
    pub(crate) fn start(folder: &Path, server: u16, password: &str) -> Option<Self> {
        let program = find_pgbouncer()?;
        let (settings, users) = (folder.join("pgbouncer.ini"), folder.join("users.txt"));
        std::fs::write(&users, format!("\"postgres\" \"{password}\"\n")).unwrap();
        for _ in 0..5 {
            let port = free_port();
            let text = format!(
                "[databases]\n* = host=127.0.0.1 port={server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = plain\nauth_file = {}\n\
                 pool_mode = transaction\ndefault_pool_size = 5\nmax_client_conn = 500\n",
                users.display()
            );
            std::fs::write(&settings, text).unwrap();
            let mut command = unprivileged(&program);
            command.arg(&settings);
            let process = Watched::start(&command, folder, "pgbouncer.log", "INT");
            let until = Instant::now() + PATIENCE;
            while !log(folder).contains("FATAL") && Instant::now() < until {
                if log(folder).contains("process up") && TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Some(Self { port, _process: process });
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            process.stop();
        }
        panic!("PgBouncer does not start: {}", log(folder));
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("pgbouncer.log")).unwrap_or_default()
}
