//! The pool's rules for creating and reusing connections.

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, Metrics, PoolError, RecycleError, RecycleResult};

use super::link::{Connect, Link};
use crate::store::{StoreError, StoreErrorKind};

/// A connection that was idle for longer is closed: a firewall may have dropped it silently.
const MAX_IDLE: Duration = Duration::from_secs(300);

pub(super) type Pool = managed::Pool<Manager>;
pub(super) type Pooled = managed::Object<Manager>;

pub(super) struct Manager(Arc<dyn Connect>);

impl managed::Manager for Manager {
    type Type = Link;
    type Error = StoreError;

    async fn create(&self) -> Result<Link, StoreError> {
        self.0.connect().await
    }

    /// Checks whether a connection can be reused. Whether it still reaches the server is found out by the next `BEGIN`.
    async fn recycle(&self, link: &mut Link, metrics: &Metrics) -> RecycleResult<StoreError> {
        if !link.is_clean || link.client.is_closed() || metrics.last_used() > MAX_IDLE {
            return Err(RecycleError::message("in use, closed, or idle for too long"));
        }
        Ok(())
    }
}

pub(super) fn build_pool(connect: Arc<dyn Connect>, size: usize) -> Result<Pool, StoreError> {
    let pool = Pool::builder(Manager(connect)).max_size(size).build();
    pool.map_err(|_| StoreError::new(StoreErrorKind::Unavailable, "cannot create the pool of connections"))
}

pub(super) async fn take_link(pool: &Pool) -> Result<Pooled, StoreError> {
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error,
        _ => StoreError::new(StoreErrorKind::Unavailable, "cannot get a connection from the pool"),
    })
}
