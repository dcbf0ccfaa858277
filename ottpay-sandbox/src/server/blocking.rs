//! Runs work that may wait for the disk.

use tokio::task::{JoinError, spawn_blocking};

/// Runs work on a blocking thread, so that other requests are served meanwhile.
pub(super) async fn run_blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<JoinError> + Send + 'static,
{
    spawn_blocking(work).await?
}
