//! Collects items that are waiting to be stored, so that a whole batch costs one transaction and one wait for the disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The largest number of items in one transaction.
const MAX_BATCH: usize = 64;

/// The largest number of items that may wait. Bounded, because a peer decides how many callbacks arrive.
const MAX_WAITING: usize = 1024;

/// Items that are waiting to be stored. Batching adds no delay: a single item is stored at once, and the items that
/// arrive meanwhile form the next batch.
#[derive(Debug)]
pub(crate) struct Collector<T>(Arc<Mutex<Queue<T>>>);

#[derive(Debug)]
struct Queue<T> {
    waiting: Vec<Waiting<T>>,
    /// Whether a task is storing batches at the moment.
    is_busy: bool,
}

#[derive(Debug)]
struct Waiting<T> {
    item: T,
    stored: oneshot::Sender<bool>,
}

impl<T> Default for Collector<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Queue { waiting: Vec::new(), is_busy: false })))
    }
}

impl<T: Send + 'static> Collector<T> {
    /// Stores an item in a batch with others by calling `store`, which returns whether the whole batch was stored. The
    /// batch is stored even if the caller is cancelled.
    pub(crate) async fn submit<F, Fut>(&self, item: T, store: F) -> bool
    where
        F: Fn(Vec<T>) -> Fut + Send + 'static,
        Fut: Future<Output = bool> + Send,
    {
        let (stored, answer) = oneshot::channel();
        let is_first = {
            let mut queue = lock(&self.0);
            if queue.waiting.len() >= MAX_WAITING {
                tracing::error!(target: "ottpay", "rejected a callback: {MAX_WAITING} are already waiting for the database");
                return false;
            }
            queue.waiting.push(Waiting { item, stored });
            !std::mem::replace(&mut queue.is_busy, true)
        };
        if is_first {
            let mut busy = Busy { queue: Arc::clone(&self.0), is_over: false };
            // A task of its own: a web framework drops the caller's future when the client disconnects, and the batch
            // contains the callbacks of other clients.
            tokio::spawn(async move {
                while let Some(batch) = busy.take_batch() {
                    let (items, answers): (Vec<_>, Vec<_>) =
                        batch.into_iter().map(|waiting| (waiting.item, waiting.stored)).unzip();
                    let is_stored = store(items).await;
                    for answer in answers {
                        // The receiver is gone if the caller was cancelled; the item is stored all the same.
                        let _ = answer.send(is_stored);
                    }
                }
            });
        }
        answer.await.unwrap_or(false)
    }
}

fn lock<T>(queue: &Mutex<Queue<T>>) -> MutexGuard<'_, Queue<T>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Marks the queue as busy while the task that stores it is running.
struct Busy<T> {
    queue: Arc<Mutex<Queue<T>>>,
    is_over: bool,
}

impl<T> Busy<T> {
    /// Removes and returns the next batch. Returns `None` if nothing is waiting; then the task has to end.
    fn take_batch(&mut self) -> Option<Vec<Waiting<T>>> {
        // Both decisions are made under one lock: an item that is submitted afterwards sees `is_busy == false` and
        // starts a new task, so none is left waiting.
        let mut queue = lock(&self.queue);
        let count = queue.waiting.len().min(MAX_BATCH);
        queue.is_busy = count > 0;
        self.is_over = !queue.is_busy;
        queue.is_busy.then(|| queue.waiting.drain(..count).collect())
    }
}

/// Runs when the task ends early, because its runtime shut down or the store panicked. Clearing the queue drops the
/// senders, so every waiting caller learns that its item was not stored, and the next item starts a new task.
impl<T> Drop for Busy<T> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut queue = lock(&self.queue);
            queue.waiting.clear();
            queue.is_busy = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::{Barrier, Semaphore};

    use super::*;

    /// Waits until a batch is being stored and `count` items are waiting for the next one.
    async fn await_waiting<T>(collector: &Collector<T>, count: usize) {
        for _ in 0..10_000 {
            if has_waiting(collector, count) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("expected {count} waiting items");
    }

    fn has_waiting<T>(collector: &Collector<T>, count: usize) -> bool {
        let queue = lock(&collector.0);
        queue.is_busy && queue.waiting.len() == count
    }

    #[tokio::test]
    async fn items_that_arrive_while_a_batch_is_stored_form_the_next_batch() {
        let collector = Arc::new(Collector::default());
        let (sizes, begin) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(0)));
        let submit = |item: i32| {
            let (collector, sizes, begin) = (Arc::clone(&collector), Arc::clone(&sizes), Arc::clone(&begin));
            tokio::spawn(async move {
                let store = move |batch: Vec<i32>| {
                    let (sizes, begin) = (Arc::clone(&sizes), Arc::clone(&begin));
                    async move {
                        begin.acquire().await.unwrap().forget();
                        sizes.lock().unwrap().push(batch.len());
                        // Fails the last batch.
                        batch.len() != 35
                    }
                };
                collector.submit(item, store).await
            })
        };
        let mut tasks = vec![submit(0)];
        await_waiting(&collector, 0).await;
        tasks.extend((1..100).map(submit));
        await_waiting(&collector, 99).await;
        begin.add_permits(3);
        let mut stored = 0;
        for task in tasks {
            stored += usize::from(task.await.unwrap());
        }
        assert_eq!(*sizes.lock().unwrap(), [1, 64, 35]);
        assert_eq!(stored, 65, "callers of the failed batch are told so");
    }

    #[tokio::test]
    async fn a_panicking_store_fails_the_waiting_items_but_no_later_one() {
        let collector = Arc::new(Collector::default());
        let (calls, barrier) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
        let submit = || {
            let (calls, barrier, collector) = (Arc::clone(&calls), Arc::clone(&barrier), Arc::clone(&collector));
            tokio::spawn(async move {
                let store = move |_: Vec<()>| {
                    let (call, barrier) = (calls.fetch_add(1, Ordering::Relaxed), Arc::clone(&barrier));
                    async move {
                        if call == 0 {
                            barrier.wait().await;
                            panic!("the store of another crate");
                        }
                        true
                    }
                };
                collector.submit((), store).await
            })
        };
        let first = submit();
        await_waiting(&collector, 0).await;
        let second = submit();
        await_waiting(&collector, 1).await;
        barrier.wait().await;
        assert!(!first.await.unwrap());
        assert!(!second.await.unwrap());
        assert!(submit().await.unwrap());
    }

    #[tokio::test]
    async fn a_cancelled_caller_does_not_stop_the_others() {
        let collector = Arc::new(Collector::default());
        let begin = Arc::new(Semaphore::new(0));
        let submit = || {
            let (collector, begin) = (Arc::clone(&collector), Arc::clone(&begin));
            tokio::spawn(async move {
                let store = move |_: Vec<()>| {
                    let begin = Arc::clone(&begin);
                    async move {
                        begin.acquire().await.unwrap().forget();
                        true
                    }
                };
                collector.submit((), store).await
            })
        };
        let first = submit();
        await_waiting(&collector, 0).await;
        let second = submit();
        await_waiting(&collector, 1).await;
        first.abort();
        begin.add_permits(2);
        assert!(second.await.unwrap());
    }

    #[tokio::test]
    async fn the_number_of_waiting_items_is_bounded() {
        let collector = Collector::default();
        let waiting = |_| Waiting { item: (), stored: oneshot::channel().0 };
        *lock(&collector.0) = Queue { waiting: (0..MAX_WAITING).map(waiting).collect(), is_busy: true };
        assert!(!collector.submit((), |_| async { true }).await);
        assert_eq!(lock(&collector.0).waiting.len(), MAX_WAITING);
    }
}
