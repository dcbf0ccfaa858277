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
    if let Ok(runtime) = Handle::try_current() {
        // In a task of its own: Tokio has no way to ask whether a runtime has a clock, and panics where there is none.
        let mut task = Task(runtime.spawn(async move { sleep(duration).await }));
        if (&mut task.0).await.is_ok() {
            return Ok(());
        }
    }
    Network::start()?
        .run(async move {
            sleep(duration).await;
            Ok(())
        })
        .await
}
