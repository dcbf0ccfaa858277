//! The thread that does the network's work for every default transport of the process.

use std::future::pending;
use std::io;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::TransportError;

/// The event loop of the thread, once it has been started.
static STARTED: Mutex<Option<Handle>> = Mutex::new(None);

/// An event loop of its own, and so no matter where a request comes from: connections that are kept would otherwise end with
/// the event loop of whoever opened them, under the request of somebody else, and limits would run by a clock that a test
/// has stopped.
#[derive(Debug, Clone)]
pub(super) struct Network(Handle);

impl Network {
    /// Starts the thread if it does not run yet. It ends with the process.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start() -> Result<Self, TransportError> {
        Self::find_or_start()
            .map_err(|error| TransportError::not_sent("the network's thread did not start").caused_by(error))
    }

    fn find_or_start() -> io::Result<Self> {
        // A handle is there or not, even if another thread panicked.
        let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*started {
            return Ok(Self(handle.clone()));
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        // The runtime is built on its own thread: if there is none, Tokio would panic where the runtime is dropped, as the
        // caller may be in another one.
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

    /// Does this on the thread, in the caller's span. If the caller stops waiting, it is aborted.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, TransportError>> + Send + 'static,
    ) -> Result<T, TransportError> {
        let mut task = Task(self.0.spawn(work.in_current_span()));
        let done = (&mut task.0).await;
        done.unwrap_or_else(|error| Err(TransportError::lost("the exchange was given up").caused_by(error)))
    }
}

/// A task that ends when it is dropped.
pub(super) struct Task<T>(pub(super) JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
