//! A bounded queue of jobs.

use tokio::sync::mpsc;

/// The maximum number of queued jobs; further ones wait for room.
const MAX_WAITING: usize = 1024;

/// A job on the engine `E`. Its report is called when its changes are committed or have failed.
pub(super) type Job<E> = Box<dyn FnOnce(&E) -> Report + Send>;
pub(super) type Report = Box<dyn FnOnce(rusqlite::Result<()>) + Send>;

/// The sender of the queue.
pub(crate) struct JobQueue<E>(mpsc::Sender<Job<E>>);

/// The receiver of the queue, first in, first out.
pub(crate) struct WaitingJobs<E>(mpsc::Receiver<Job<E>>);

/// Creates an empty queue.
pub(crate) fn queue_jobs<E>() -> (JobQueue<E>, WaitingJobs<E>) {
    let (queue, waiting) = mpsc::channel(MAX_WAITING);
    (JobQueue(queue), WaitingJobs(waiting))
}

impl<E> JobQueue<E> {
    /// Adds a job when there is room. Returns false if the worker has ended.
    pub(super) async fn add(&self, job: Job<E>) -> bool {
        self.0.send(job).await.is_ok()
    }
}

impl<E> WaitingJobs<E> {
    /// Waits for the next job. Returns `None` after the last one.
    pub(super) async fn next(&mut self) -> Option<Job<E>> {
        self.0.recv().await
    }

    /// Returns the next job without waiting, if there is one.
    pub(super) fn next_now(&mut self) -> Option<Job<E>> {
        self.0.try_recv().ok()
    }
}
