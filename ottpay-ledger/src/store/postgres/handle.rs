//! The public handle of the store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use super::link::{Connect, Connector};
use super::pool::{Pool, Pooled, build_pool, take_link};
use super::transaction::Transaction;
use crate::store::bounds::PATIENCE;
use crate::store::{BoxFuture, Dialect, RawTx, Store, StoreError, StoreErrorKind};

/// The default for the largest number of connections.
const CONNECTIONS: usize = 10;

/// How long a connection that was idle has to answer before another one is opened.
const ANSWER: Duration = Duration::from_secs(4);

/// A PostgreSQL database, version 12 or later. Clones share its connections.
///
/// Connections are opened as needed, and reopened after the server was unreachable. A transaction waits at most 10
/// seconds for one. Statements are unnamed, so the store works through PgBouncer in transaction mode.
///
/// A commit is on the server's disk before it is reported, even if `synchronous_commit` is off by default. The server
/// also enforces the limit of a transaction: since version 17 with `transaction_timeout`, before that with the timeouts
/// for idle transactions and for statements, which may extend the limit by a tenth.
///
/// A session setting (`SET` without `LOCAL`) stays with the connection and affects other transactions: use `SET LOCAL`.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    connect: Arc<dyn Connect>,
}

impl Postgres {
    /// Connects without TLS to a URL such as `postgres://user:password@host:port/database`. For a server on another
    /// machine use [`connect_with`](Self::connect_with).
    ///
    /// # Errors
    /// The URL is invalid or requires TLS, or the server is unreachable or rejects the login. The message does not
    /// contain the URL.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        let config: Config = address.parse().map_err(|_| {
            // The driver's message may quote a part of the password that it mistakes for something else.
            let expected = "postgres://user:password@host:port/database, with characters such as @ : / ? # % in user and \
                            password percent-encoded, and sslmode one of disable, prefer, require";
            let text = format!("cannot parse the database URL: expected {expected}");
            StoreError::new(StoreErrorKind::Unavailable, text)
        })?;
        if !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer) {
            let text = "the database URL requires TLS: use `Postgres::connect_with` and a connector";
            return Err(StoreError::new(StoreErrorKind::Unavailable, text));
        }
        Self::connect_with(config, NoTls).await
    }

    /// Connects with settings and a TLS connector, such as that of `tokio-postgres-rustls` or `postgres-native-tls`.
    ///
    /// # Errors
    /// The server is unreachable or rejects the login.
    pub async fn connect_with<T>(mut config: Config, tls: T) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        if config.get_application_name().is_none() {
            config.application_name("ottpay-ledger");
        }
        let connect: Arc<dyn Connect> = Arc::new(Connector { config, tls });
        let pool = build_pool(Arc::clone(&connect), CONNECTIONS)?;
        let first = tokio::time::timeout(PATIENCE, take_link(&pool)).await;
        drop(first.unwrap_or_else(|_| Err(no_answer()))?);
        Ok(Self { pool, connect })
    }

    /// Sets the maximum number of connections, 10 by default. Each open transaction uses one.
    ///
    /// # Errors
    /// Creating the new pool failed, which does not happen at present.
    pub fn max_connections(self, max: usize) -> Result<Self, StoreError> {
        // A new pool, because a pool that `resize` makes smaller continues to hand out as many connections as before.
        Ok(Self { pool: build_pool(Arc::clone(&self.connect), max.max(1))?, connect: self.connect })
    }

    async fn start(&self, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        let begun = tokio::time::timeout(PATIENCE, self.begin_on_any(limit)).await;
        begun.unwrap_or_else(|_| Err(no_answer()))
    }

    /// Begins on an idle connection or, if it turns out to be dead, on a new one. This retry is safe: no statement of
    /// the caller has been sent.
    async fn begin_on_any(&self, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        let link = take_link(&self.pool).await?;
        // A connection that was opened just now cannot have been lost while it was idle.
        if !link.is_used {
            return Self::begin_on(link, limit).await;
        }
        match tokio::time::timeout(ANSWER, Self::begin_on(link, limit)).await {
            Ok(Err(error)) if error.kind() != StoreErrorKind::Unavailable => Err(error),
            Ok(Ok(begun)) => Ok(begun),
            _ => {
                // The other idle connections were probably lost at the same time.
                self.pool.retain(|_, _| false);
                Self::begin_on(take_link(&self.pool).await?, limit).await
            }
        }
    }

    async fn begin_on(link: Pooled, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        Ok(Box::new(Transaction::begin(link, limit).await?))
    }
}

fn no_answer() -> StoreError {
    let text = "the database did not answer within 10 seconds, or all connections to it were in use";
    StoreError::new(StoreErrorKind::Unavailable, text)
}

/// Omits the URL, which contains the password.
impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Store for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(self.start(limit))
    }
}
