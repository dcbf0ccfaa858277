//! Blocking work on a separate thread, so that a signal still stops the command.

use std::io;
use std::thread;

use tokio::sync::oneshot;

/// Runs blocking work, such as writing to a pipe that is not read, on a new thread, which ends with the process at the
/// latest.
///
/// # Errors
/// The system cannot start a thread.
pub(crate) async fn run_on_own_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (sender, result) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        // Ignored: the caller may have stopped waiting.
        let _ = sender.send(work());
    })?;
    result.await.map_err(|_| io::Error::other("its thread ended early, which is a bug"))
}
