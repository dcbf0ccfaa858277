//! A pause between two requests, by the clock that there is.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::sleep;

use super::TransportError;
use super::network::{Network, Task};

/// Waits this long: by the clock of the Tokio runtime that the caller is in, which a test may have stopped. If there is no
/// runtime, or it was built without a clock, by real time on the network's thread.
///
/// # Errors
/// The system gives no thread.
pub(crate) async fn pause(duration: Duration) -> Result<(), TransportError> {
    match sleep_here(duration).await {
        true => Ok(()),
        // Made on that thread: Tokio panics already where a sleep is made and there is no clock.
        false => with_network_clock(async move { sleep(duration).await }).await,
    }
}

/// Does work that sleeps: by the same clock.
///
/// # Errors
/// The system gives no thread.
pub(crate) async fn with_clock<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, TransportError> {
    match sleep_here(Duration::ZERO).await {
        true => Ok(work.await),
        false => with_network_clock(work).await,
    }
}

/// Sleeps by the clock of the caller's runtime, if that has one.
async fn sleep_here(duration: Duration) -> bool {
    let Ok(runtime) = Handle::try_current() else { return false };
    // In a task of its own: Tokio has no way to ask whether a runtime has a clock, and panics where there is none.
    let mut task = Task(runtime.spawn(async move { sleep(duration).await }));
    (&mut task.0).await.is_ok()
}

async fn with_network_clock<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, TransportError> {
    Network::start()?.run(async { Ok(work.await) }).await
}
