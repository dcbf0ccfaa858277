//! The jobs that wait to be carried out.

use tokio::sync::mpsc;

/// The maximum number of jobs that wait; further ones wait for room.
const MAX_WAITING: usize = 1024;

/// A job on the engine `E`. Its report is called once it is known whether the changes of the job are kept.
pub(super) type Job<E> = Box<dyn FnOnce(&E) -> Report + Send>;
pub(super) type Report = Box<dyn FnOnce(rusqlite::Result<()>) + Send>;

/// Adds jobs to those that wait.
pub(crate) struct JobQueue<E>(mpsc::Sender<Job<E>>);

/// The jobs that wait, the first one first.
pub(crate) struct WaitingJobs<E>(mpsc::Receiver<Job<E>>);

/// An empty queue, and its other end.
pub(crate) fn queue_jobs<E>() -> (JobQueue<E>, WaitingJobs<E>) {
    let (queue, waiting) = mpsc::channel(MAX_WAITING);
    (JobQueue(queue), WaitingJobs(waiting))
}

impl<E> JobQueue<E> {
    /// Adds a job, when there is room. False if nothing is carried out any more.
    pub(super) async fn add(&self, job: Job<E>) -> bool {
        self.0.send(job).await.is_ok()
    }
}

impl<E> WaitingJobs<E> {
    /// Waits for the next job; none if there will be no more.
    pub(super) async fn next(&mut self) -> Option<Job<E>> {
        self.0.recv().await
    }

    /// The next job, if one is there already.
    pub(super) fn next_now(&mut self) -> Option<Job<E>> {
        self.0.try_recv().ok()
    }
}
