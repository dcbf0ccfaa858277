//! The clock of a call, for delays between requests and for limits.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::{sleep, sleep_until, timeout_at};

use super::TransportError;
use super::network::{Network, Task};

/// The clock of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Clock {
    /// The clock of the caller's Tokio runtime, which a test may have paused. Without a runtime, or in one without a
    /// clock, real time on the network thread.
    #[default]
    Runtime,
    /// Real time on the calling thread, which is blocked meanwhile. The caller's runtime is not used, because this
    /// thread may be its only one.
    #[cfg(feature = "blocking")]
    Thread,
}

impl Clock {
    /// Returns the current time.
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
    /// The system cannot start a thread.
    pub(crate) async fn pause(self, duration: Duration) -> Result<(), TransportError> {
        match self {
            Self::Runtime if sleep_here(duration).await => Ok(()),
            // The sleep is created on that thread, because without a clock Tokio panics as soon as one is created.
            Self::Runtime => with_network_clock(async move { sleep(duration).await }).await,
            #[cfg(feature = "blocking")]
            Self::Thread => {
                std::thread::sleep(duration);
                Ok(())
            }
        }
    }

    /// Runs work that uses [`sleep_until`](Self::sleep_until) and [`give_up_at`](Self::give_up_at).
    ///
    /// # Errors
    /// The system cannot start a thread.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, TransportError> {
        match self {
            // A zero-length sleep only tests whether there is a clock.
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

    /// Runs work until this moment, and returns `None` if it is not done by then. A blocked thread cannot abort it, so
    /// its requests must have timeouts that end at that moment.
    pub(crate) async fn give_up_at<T>(self, moment: Instant, work: impl Future<Output = T>) -> Option<T> {
        match self {
            Self::Runtime => timeout_at(moment.into(), work).await.ok(),
            #[cfg(feature = "blocking")]
            Self::Thread => Some(work.await),
        }
    }
}

/// Sleeps by the clock of the caller's runtime, and returns whether it has one.
async fn sleep_here(duration: Duration) -> bool {
    let Ok(runtime) = Handle::try_current() else { return false };
    // In a separate task: Tokio cannot tell whether a runtime has a clock, and panics if it has none.
    let mut task = Task(runtime.spawn(async move { sleep(duration).await }));
    (&mut task.0).await.is_ok()
}

async fn with_network_clock<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, TransportError> {
    Network::start()?.run(async { Ok(work.await) }).await
}
