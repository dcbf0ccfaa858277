//! One connection, and how it is made. Its driver is a task, which ends with it.

use std::future::poll_fn;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Socket};

use super::error::{explain, lost};
use crate::store::{BoxFuture, StoreError};

/// The version since which the server ends a transaction that is open for too long, and not only one that is idle.
const TRANSACTION_TIMEOUT: u32 = 17;

/// A connection.
pub(super) struct Link {
    pub(super) client: Client,
    /// Gives what the server said when it closed the connection.
    driver: JoinHandle<Option<StoreError>>,
    pub(super) has_transaction_timeout: bool,
    /// Whether a transaction has been on it before.
    pub(super) is_used: bool,
    /// Whether it is known that no transaction is open on it.
    pub(super) is_clean: bool,
}

impl Link {
    /// Why the connection is lost.
    pub(super) async fn why_lost(&mut self) -> StoreError {
        let said = tokio::time::timeout(Duration::from_secs(1), &mut self.driver).await;
        said.ok().and_then(Result::ok).flatten().unwrap_or_else(lost)
    }

    /// Closes it at once; the server then rolls back.
    pub(super) fn close(&self) {
        self.driver.abort();
    }
}

/// The driver would wait for an answer that does not come.
impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

/// Makes connections.
pub(super) trait Connect: Send + Sync {
    fn connect(&self) -> BoxFuture<'_, Result<Link, StoreError>>;
}

/// Where to, and by which TLS.
pub(super) struct Connector<T> {
    pub(super) config: Config,
    pub(super) tls: T,
}

impl<T> Connect for Connector<T>
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    fn connect(&self) -> BoxFuture<'_, Result<Link, StoreError>> {
        Box::pin(async {
            let connected = self.config.connect(self.tls.clone()).await;
            let (client, mut connection) = connected.map_err(|error| explain(&error))?;
            let version = connection.parameter("server_version").and_then(read_major);
            // Notices are dropped and not logged: they may contain values.
            let driver = tokio::spawn(async move {
                loop {
                    match poll_fn(|context| connection.poll_message(context)).await {
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Some(explain(&error)),
                        None => return None,
                    }
                }
            });
            let has_transaction_timeout = version.is_some_and(|version| version >= TRANSACTION_TIMEOUT);
            Ok(Link { client, driver, has_transaction_timeout, is_used: false, is_clean: true })
        })
    }
}

/// `15.18 (Debian 15.18-0+deb12u1)`, `17devel`.
fn read_major(version: &str) -> Option<u32> {
    let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_server_is_read_by_its_first_number() {
        assert_eq!(read_major("15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(read_major("17devel"), Some(17));
        assert_eq!(read_major(""), None);
    }
}
