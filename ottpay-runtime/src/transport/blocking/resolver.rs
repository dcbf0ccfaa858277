//! Resolves host names within the timeout, and without a panic if the system cannot start a thread.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::Builder;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::progress;

/// How many addresses of a name to try.
// This is the capacity of ureq's list.
const MOST: usize = 16;

/// Resolves host names as the system does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names;

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = find(uri, timeout).inspect_err(|_| progress::record_no_connection())?;
        let mut addresses = self.empty();
        found.into_iter().take(MOST).for_each(|address| addresses.push(address));
        Ok(addresses)
    }
}

fn find(uri: &Uri, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let host = uri.host().ok_or(Error::HostNotFound)?.trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = sync_channel(1);
    let name = host.to_owned();
    // On a separate thread, because the system's lookup has no timeout to set. The thread ends when the system answers.
    Builder::new().name("ottpay-name".to_owned()).spawn(move || {
        // Fails if the timeout has passed, because nothing receives it any more.
        _ = sender.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter));
    })?;
    let found = receiver.recv_timeout(*timeout.after).map_err(|error| match error {
        RecvTimeoutError::Timeout => Error::Timeout(timeout.reason),
        RecvTimeoutError::Disconnected => Error::Io(io::Error::other("the name lookup ended early")),
    })??;
    if found.is_empty() { Err(Error::HostNotFound) } else { Ok(found) }
}
