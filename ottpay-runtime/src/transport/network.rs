//! The network thread, shared by all default transports of the process.

use std::future::pending;
use std::io;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::TransportError;

/// The event loop of the thread, after it has started.
static STARTED: Mutex<Option<Handle>> = Mutex::new(None);

/// A handle to a separate event loop, so that it does not matter where a request comes from.
///
/// In the caller's event loop, a kept-alive connection would end with the event loop that opened it, in the middle of
/// another caller's request, and timeouts would follow a clock that a test has paused.
#[derive(Debug, Clone)]
pub(super) struct Network(Handle);

impl Network {
    /// Starts the thread unless it is running. It runs until the process exits.
    ///
    /// # Errors
    /// The system cannot start a thread.
    pub(super) fn start() -> Result<Self, TransportError> {
        Self::find_or_start()
            .map_err(|error| TransportError::not_sent("the network thread did not start").caused_by(error))
    }

    fn find_or_start() -> io::Result<Self> {
        // A panic in another thread cannot leave half a handle, so a poisoned lock is harmless.
        let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*started {
            return Ok(Self(handle.clone()));
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        // The runtime is built on its own thread: if the thread did not start, the runtime would be dropped here, and
        // Tokio panics if that happens inside the caller's runtime.
        thread::Builder::new().name("ottpay-network".to_owned()).spawn(move || {
            match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    _ = sender.send(Ok(runtime.handle().clone()));
                    runtime.block_on(pending::<()>());
                }
                Err(error) => _ = sender.send(Err(error)),
            }
        })?;
        let handle = receiver.recv().map_err(io::Error::other)??;
        *started = Some(handle.clone());
        Ok(Self(handle))
    }

    /// Runs the work on the thread, in the caller's span. Aborts it if the caller drops the future.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, TransportError>> + Send + 'static,
    ) -> Result<T, TransportError> {
        let mut task = Task(self.0.spawn(work.in_current_span()));
        let done = (&mut task.0).await;
        done.unwrap_or_else(|error| Err(TransportError::lost("the exchange was aborted").caused_by(error)))
    }
}

/// A task that is aborted when this value is dropped.
pub(super) struct Task<T>(pub(super) JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
