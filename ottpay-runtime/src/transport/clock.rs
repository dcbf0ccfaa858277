//! By which clock a call waits between two requests, and until a limit.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::{sleep, sleep_until, timeout_at};

use super::TransportError;
use super::network::{Network, Task};

/// By which clock a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Clock {
    /// That of the Tokio runtime that the caller is in, which a test may have stopped. If there is no runtime, or it was
    /// built without a clock, real time on the network's thread.
    #[default]
    Runtime,
    /// Real time on the calling thread, which is blocked meanwhile: no runtime of the caller takes part, as its only thread may
    /// be this one.
    #[cfg(feature = "blocking")]
    Thread,
}

impl Clock {
    /// The time now.
    pub(crate) fn now(self) -> Instant {
        match self {
            Self::Runtime => tokio::time::Instant::now().into_std(),
            #[cfg(feature = "blocking")]
            Self::Thread => Instant::now(),
        }
    }

    /// Waits this long.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) async fn pause(self, duration: Duration) -> Result<(), TransportError> {
        match self {
            Self::Runtime if sleep_here(duration).await => Ok(()),
            // Made on that thread: Tokio panics already where a sleep is made and there is no clock.
            Self::Runtime => with_network_clock(async move { sleep(duration).await }).await,
            #[cfg(feature = "blocking")]
            Self::Thread => {
                std::thread::sleep(duration);
                Ok(())
            }
        }
    }

    /// Does work that uses [`sleep_until`](Self::sleep_until) and [`give_up_at`](Self::give_up_at).
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, TransportError> {
        match self {
            Self::Runtime if sleep_here(Duration::ZERO).await => Ok(work.await),
            Self::Runtime => with_network_clock(work).await,
            #[cfg(feature = "blocking")]
            Self::Thread => Ok(work.await),
        }
    }

    /// Waits until this moment.
    pub(crate) async fn sleep_until(self, moment: Instant) {
        match self {
            Self::Runtime => sleep_until(moment.into()).await,
            #[cfg(feature = "blocking")]
            Self::Thread => std::thread::sleep(moment.saturating_duration_since(Instant::now())),
        }
    }

    /// Does work until this moment; nothing if it is not done then. A thread that is blocked cannot give it up: its requests
    /// must have limits that end at that moment.
    pub(crate) async fn give_up_at<T>(self, moment: Instant, work: impl Future<Output = T>) -> Option<T> {
        match self {
            Self::Runtime => timeout_at(moment.into(), work).await.ok(),
            #[cfg(feature = "blocking")]
            Self::Thread => Some(work.await),
        }
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
