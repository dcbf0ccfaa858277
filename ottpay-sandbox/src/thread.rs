//! Runs a sandbox on its own thread and runtime, so that it neither needs nor blocks the caller's runtime, and ends
//! completely when it is dropped.

use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::error::SandboxError;

/// The maximum number of blocking threads, which wait for the database and for DNS lookups of shops.
const MAX_BLOCKING: usize = 512;

/// How long a shutdown waits for reads and writes of the database.
const END_WITHIN: Duration = Duration::from_secs(1);

/// A thread with a runtime. Dropping it aborts its tasks and waits for its end.
pub(crate) struct Thread {
    runtime: Handle,
    /// Never sent: dropping it is the signal.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Thread {
    /// Starts a thread, and waits for the result of `make` on it.
    pub(crate) async fn start<T: Send + 'static>(
        make: impl AsyncFnOnce() -> Result<T, SandboxError> + Send + 'static,
    ) -> Result<(Self, T), SandboxError> {
        let start = |error: io::Error| SandboxError::Start { reason: error.to_string() };
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, made) = oneshot::channel();
        let run = move || {
            let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(MAX_BLOCKING).build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(start(error)))),
            };
            runtime.block_on(async {
                // If the caller does not wait any more, `stop` has been dropped: the thread ends at once.
                let _ = ready.send(make().await.map(|made| (Handle::current(), made)));
                let _ = stopped.await;
            });
            runtime.shutdown_timeout(END_WITHIN);
        };
        let thread = std::thread::Builder::new().name("ottpay-sandbox".to_owned()).spawn(run).map_err(start)?;
        let gone = |_| start(io::Error::other("its thread ended early"));
        let (runtime, made) = made.await.map_err(gone)??;
        Ok((Self { runtime, stop: Some(stop), thread: Some(thread) }, made))
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been printed.
            let _ = thread.join();
        }
    }
}
