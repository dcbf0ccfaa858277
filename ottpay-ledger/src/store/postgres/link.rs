//! One connection, and how it is opened. Its driver is a task that ends with the connection.

use std::future::poll_fn;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Socket};

use super::error::{connection_lost, explain};
use crate::store::{BoxFuture, StoreError};

/// Since this version the server ends any transaction that is open for too long, not only an idle one.
const TRANSACTION_TIMEOUT: u32 = 17;

/// A connection.
pub(super) struct Link {
    pub(super) client: Client,
    /// Returns the server's error when it closes the connection.
    driver: JoinHandle<Option<StoreError>>,
    pub(super) has_transaction_timeout: bool,
    /// Whether an earlier transaction has used the connection.
    pub(super) is_used: bool,
    /// Whether it is certain that no transaction is open on the connection.
    pub(super) is_clean: bool,
}

impl Link {
    /// Returns why the connection was lost.
    pub(super) async fn why_lost(&mut self) -> StoreError {
        let said = tokio::time::timeout(Duration::from_secs(1), &mut self.driver).await;
        said.ok().and_then(Result::ok).flatten().unwrap_or_else(connection_lost)
    }

    /// Closes the connection at once, which makes the server roll back.
    pub(super) fn close(&self) {
        self.driver.abort();
    }
}

/// Without this, the driver task would wait for an answer that never arrives.
impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

/// Opens connections.
pub(super) trait Connect: Send + Sync {
    fn connect(&self) -> BoxFuture<'_, Result<Link, StoreError>>;
}

/// The server and the TLS connector.
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
            // Notices are dropped rather than logged, because they may contain values.
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

/// Parses the major version of strings such as `15.18 (Debian 15.18-0+deb12u1)` or `17devel`.
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
