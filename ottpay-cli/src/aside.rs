//! Work that whoever reads the output may hold up, on a thread of its own: the command can be stopped all the same.

use std::io;
use std::thread;

use tokio::sync::oneshot;

/// Does it on a thread of its own, which ends with the command at the latest.
///
/// # Errors
/// The system gives no thread.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (sender, done) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        // Whoever waited for it may have been stopped.
        let _ = sender.send(work());
    })?;
    done.await.map_err(|_| io::Error::other("its thread ended early, which is a bug"))
}
