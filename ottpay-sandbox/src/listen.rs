//! Opens the port of a sandbox, on one address or on loopback over IPv4 and IPv6.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::error::SandboxError;

/// The maximum number of attempts to find a port that is free on IPv4 and on IPv6.
const TRIES: u32 = 20;

/// The address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listen {
    /// `127.0.0.1`, and `[::1]` if the machine has it, because `localhost` can mean either. Port 0 selects one that is
    /// free on both.
    Loopback { port: u16 },
    /// This address only.
    Address(SocketAddr),
}

impl Default for Listen {
    fn default() -> Self {
        Self::Loopback { port: 0 }
    }
}

/// Open listeners, with the address of the first.
pub(crate) struct Listening {
    pub(crate) listeners: Vec<TcpListener>,
    pub(crate) address: SocketAddr,
}

impl Listen {
    /// Opens the listeners.
    pub(crate) async fn open(self) -> Result<Listening, SandboxError> {
        match self {
            Self::Address(address) => open(address).await,
            Self::Loopback { port: 0 } => open_free_port().await,
            Self::Loopback { port } => open_both(port).await,
        }
    }
}

async fn open(address: SocketAddr) -> Result<Listening, SandboxError> {
    let cannot_listen = |source| SandboxError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    Ok(Listening { listeners: vec![listener], address })
}

/// Opens a free port. One that is free on IPv4 may be in use on IPv6; then the next one is tried.
async fn open_free_port() -> Result<Listening, SandboxError> {
    let mut opened = open_both(0).await;
    for _ in 1..TRIES {
        match &opened {
            Err(SandboxError::Listen { source, .. }) if source.kind() == io::ErrorKind::AddrInUse => {
                opened = open_both(0).await;
            }
            _ => break,
        }
    }
    opened
}

/// Opens a port of `127.0.0.1` and the same one of `[::1]`.
///
/// If it is in use on `[::1]`, a client that connects to `localhost` would reach another program, so that is an error.
/// A machine without IPv6 does not have this problem.
async fn open_both(port: u16) -> Result<Listening, SandboxError> {
    let mut opened = open(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    match open(SocketAddr::from((Ipv6Addr::LOCALHOST, opened.address.port()))).await {
        Ok(second) => opened.listeners.extend(second.listeners),
        Err(SandboxError::Listen { address, source }) if source.kind() == io::ErrorKind::AddrInUse => {
            return Err(SandboxError::Listen { address, source });
        }
        Err(_) => {}
    }
    Ok(opened)
}
