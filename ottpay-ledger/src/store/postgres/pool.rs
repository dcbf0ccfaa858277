//! What the pool of connections does with them.

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, Metrics, PoolError, RecycleError, RecycleResult};

use super::link::{Connect, Link};
use crate::store::{StoreError, StoreErrorKind};

/// After which time a firewall may have forgotten an idle connection.
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

    /// Whether it can be used again. Whether it still leads to a server is found by the `BEGIN` that comes next.
    async fn recycle(&self, link: &mut Link, metrics: &Metrics) -> RecycleResult<StoreError> {
        if !link.is_clean || link.client.is_closed() || metrics.last_used() > MAX_IDLE {
            return Err(RecycleError::message("in use, closed, or idle for too long"));
        }
        Ok(())
    }
}

pub(super) fn pool(connect: Arc<dyn Connect>, size: usize) -> Result<Pool, StoreError> {
    let pool = Pool::builder(Manager(connect)).max_size(size).build();
    pool.map_err(|_| StoreError::new(StoreErrorKind::Unavailable, "the pool of connections cannot be made"))
}

pub(super) async fn take(pool: &Pool) -> Result<Pooled, StoreError> {
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error,
        _ => StoreError::new(StoreErrorKind::Unavailable, "the pool has no connection"),
    })
}
