//! Gathers what waits to be stored, so that one transaction stores all of it and costs one wait for the disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// How much one transaction stores.
const MAX_BATCH: usize = 64;

/// How much waits at most.
const MAX_WAITING: usize = 1024;

/// What waits to be stored. Nothing is delayed: an item that is alone is stored at once, and what comes meanwhile is the
/// next batch.
#[derive(Debug)]
pub(crate) struct Collector<T>(Arc<Mutex<Queue<T>>>);

#[derive(Debug)]
struct Queue<T> {
    waiting: Vec<Waiting<T>>,
    /// Whether a task stores one batch after the other.
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
    /// Stores an item together with others, by `store`, which says whether all of a batch is stored. The batch is stored
    /// even if the caller goes away.
    pub(crate) async fn submit<F, Fut>(&self, item: T, store: F) -> bool
    where
        F: Fn(Vec<T>) -> Fut + Send + 'static,
        Fut: Future<Output = bool> + Send,
    {
        let (stored, answer) = oneshot::channel();
        let is_first = {
            let mut queue = lock(&self.0);
            if queue.waiting.len() >= MAX_WAITING {
                tracing::error!(target: "ottpay", "callbacks arrive faster than the store takes them");
                return false;
            }
            queue.waiting.push(Waiting { item, stored });
            !std::mem::replace(&mut queue.is_busy, true)
        };
        if is_first {
            let mut busy = Busy { queue: Arc::clone(&self.0), is_over: false };
            tokio::spawn(async move {
                while let Some(batch) = busy.take_batch() {
                    let (items, answers): (Vec<_>, Vec<_>) =
                        batch.into_iter().map(|waiting| (waiting.item, waiting.stored)).unzip();
                    let is_stored = store(items).await;
                    for answer in answers {
                        // A caller that is gone needs no answer.
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

/// The task that stores.
struct Busy<T> {
    queue: Arc<Mutex<Queue<T>>>,
    is_over: bool,
}

impl<T> Busy<T> {
    /// What waits; if nothing does, the task is over.
    fn take_batch(&mut self) -> Option<Vec<Waiting<T>>> {
        let mut queue = lock(&self.queue);
        let count = queue.waiting.len().min(MAX_BATCH);
        queue.is_busy = count > 0;
        self.is_over = !queue.is_busy;
        queue.is_busy.then(|| queue.waiting.drain(..count).collect())
    }
}

/// A task that ends before its time, with its runtime or by a panic of the store: what waits is answered that it is not
/// stored, and the next item begins another task.
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

    /// Until a batch is being stored, and this much waits for the next.
    async fn await_waiting<T>(collector: &Collector<T>, count: usize) {
        for _ in 0..10_000 {
            if has_waiting(collector, count) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("expected that {count} wait");
    }

    fn has_waiting<T>(collector: &Collector<T>, count: usize) -> bool {
        let queue = lock(&collector.0);
        queue.is_busy && queue.waiting.len() == count
    }

    #[tokio::test]
    async fn what_comes_while_one_is_stored_is_the_next_batch() {
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
        assert_eq!(stored, 65, "whoever was in the batch that failed is told so");
    }

    #[tokio::test]
    async fn a_store_that_panics_fails_what_waits_and_nothing_afterwards() {
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
                            panic!("a store of somebody else");
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
    async fn a_caller_who_goes_away_does_not_stop_the_others() {
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
    async fn what_waits_is_bounded() {
        let collector = Collector::default();
        let waiting = |_| Waiting { item: (), stored: oneshot::channel().0 };
        *lock(&collector.0) = Queue { waiting: (0..MAX_WAITING).map(waiting).collect(), is_busy: true };
        assert!(!collector.submit((), |_| async { true }).await);
        assert_eq!(lock(&collector.0).waiting.len(), MAX_WAITING);
    }
}
