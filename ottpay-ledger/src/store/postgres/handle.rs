//! The store as the ledger has it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use super::link::{Connect, Connector};
use super::pool::{Pool, Pooled, pool, take};
use super::transaction::Transaction;
use crate::store::bounds::PATIENCE;
use crate::store::{BoxFuture, Dialect, RawTx, Store, StoreError, StoreErrorKind};

/// How many connections there are at most, unless told otherwise.
const CONNECTIONS: usize = 10;

/// How long a connection that was idle has to answer before another is made.
const ANSWER: Duration = Duration::from_secs(4);

/// A database of PostgreSQL, version 12 or later. Clones share their connections.
///
/// Connections are made as they are needed, and again when the server was away. A transaction waits at most 10 seconds for
/// one. Statements are unnamed, so that it works through PgBouncer in transaction mode.
///
/// A commit is on the server's disk before it is reported, even where `synchronous_commit` is off by default. A transaction
/// has its limit on the server, too: from version 17 on by `transaction_timeout`, before that by the timeouts for idle
/// transactions and for statements, which may let it live for a tenth longer.
///
/// What a statement sets for its session (`SET` without `LOCAL`) stays with the connection, for other transactions: use
/// `SET LOCAL`.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    connect: Arc<dyn Connect>,
}

impl Postgres {
    /// Connects without TLS to an address such as `postgres://user:password@host:port/database`. For a server on another
    /// machine use [`connect_with`](Self::connect_with).
    ///
    /// # Errors
    /// The address cannot be read or demands TLS, or the server cannot be reached or refuses the login. The text does not
    /// contain the address.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        let config: Config = address.parse().map_err(|_| {
            // The driver's text may contain a part of the password that it takes for something else.
            let expected = "postgres://user:password@host:port/database, with characters such as @ : / ? # % in user and \
                            password percent-encoded, and sslmode one of disable, prefer, require";
            let text = format!("the address of the database cannot be read: expected {expected}");
            StoreError::new(StoreErrorKind::Unavailable, text)
        })?;
        if !matches!(config.get_ssl_mode(), SslMode::Disable | SslMode::Prefer) {
            let text = "the address of the database demands TLS: use Postgres::connect_with and a connector";
            return Err(StoreError::new(StoreErrorKind::Unavailable, text));
        }
        Self::connect_with(config, NoTls).await
    }

    /// Connects with settings and a connector for TLS, such as that of `tokio-postgres-rustls` or `postgres-native-tls`.
    ///
    /// # Errors
    /// The server cannot be reached or refuses the login.
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
        let pool = pool(Arc::clone(&connect), CONNECTIONS)?;
        let first = tokio::time::timeout(PATIENCE, take(&pool)).await;
        drop(first.unwrap_or_else(|_| Err(no_answer()))?);
        Ok(Self { pool, connect })
    }

    /// Sets how many connections there are at most: 10 unless set. Each open transaction has one.
    ///
    /// # Errors
    /// None today: the pool is made anew.
    pub fn max_connections(self, max: usize) -> Result<Self, StoreError> {
        // A pool that is made smaller by `resize` goes on to hand out as many as before.
        Ok(Self { pool: pool(Arc::clone(&self.connect), max.max(1))?, connect: self.connect })
    }

    async fn start(&self, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        let begun = tokio::time::timeout(PATIENCE, self.begin_on_any(limit)).await;
        begun.unwrap_or_else(|_| Err(no_answer()))
    }

    /// Begins on an idle connection or, if that turns out to be dead, on a new one: nothing was sent on it yet.
    async fn begin_on_any(&self, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        let link = take(&self.pool).await?;
        if !link.is_used {
            return Self::begin_on(link, limit).await;
        }
        match tokio::time::timeout(ANSWER, Self::begin_on(link, limit)).await {
            Ok(Err(error)) if error.kind() != StoreErrorKind::Unavailable => Err(error),
            Ok(Ok(begun)) => Ok(begun),
            _ => {
                // The others are likely to be as dead as this one.
                self.pool.retain(|_, _| false);
                Self::begin_on(take(&self.pool).await?, limit).await
            }
        }
    }

    async fn begin_on(link: Pooled, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        Ok(Box::new(Transaction::begin(link, limit).await?))
    }
}

fn no_answer() -> StoreError {
    let text = "the database did not answer, or all connections to it were in use, for 10 seconds";
    StoreError::new(StoreErrorKind::Unavailable, text)
}

/// Without the address, in which the password is.
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
