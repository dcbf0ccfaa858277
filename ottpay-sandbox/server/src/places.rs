//! Limits the number of connections. When all places are occupied, a new connection replaces the one that has waited
//! longest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// A limited number of places for connections.
#[derive(Clone)]
pub(crate) struct Places {
    room: Arc<Semaphore>,
    queue: Arc<Queue>,
}

/// Connections that wait for their peers to send a request or to read a response.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// Notified when another connection begins to wait.
    joined: Notify,
}

#[derive(Default)]
struct Waiting {
    next: u64,
    /// Closes each connection, in the order in which they began to wait.
    close: BTreeMap<u64, Arc<Notify>>,
}

impl Places {
    pub(crate) fn new(limit: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(limit)), queue: Arc::default() }
    }

    /// Reserves a place, and closes the connection that has waited longest if there is no free one. Never interrupts a
    /// request that is being carried out.
    pub(crate) async fn acquire(&self) -> Option<Place> {
        let acquire = || Arc::clone(&self.room).acquire_owned();
        let permit = loop {
            if let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() {
                break permit;
            }
            // Only the accept loop acquires places, so no other caller takes the one that becomes free.
            if self.close_oldest() {
                break acquire().await.ok()?;
            }
            tokio::select! {
                permit = acquire() => break permit.ok()?,
                () = self.queue.joined.notified() => {}
            }
        };
        let place =
            Place { queue: Arc::clone(&self.queue), number: Mutex::new(0), close: Arc::default(), _permit: permit };
        // A new connection waits for its peer to send a request.
        place.end_work();
        Some(place)
    }

    /// Closes the connection that has waited longest, if any.
    pub(crate) fn close_oldest(&self) -> bool {
        // `notify_one` keeps a permit, so the connection is closed even if it does not wait at this moment.
        self.queue.lock().close.pop_first().map(|(_, close)| close.notify_one()).is_some()
    }
}

impl Queue {
    /// Locks the queue. It is consistent even if another connection panicked.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a connection, which may be closed unless its request is being carried out.
pub(crate) struct Place {
    queue: Arc<Queue>,
    /// The number in the queue, changed only while the queue is locked.
    number: Mutex<u64>,
    close: Arc<Notify>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Waits until the place is needed for another connection.
    pub(crate) async fn wait_closed(&self) {
        self.close.notified().await;
    }

    /// Keeps the place while a complete request is carried out. Returns false if the place already belongs to another
    /// connection; then nothing may be carried out.
    pub(crate) fn begin_work(&self) -> bool {
        let mut waiting = self.queue.lock();
        waiting.close.remove(&self.lock_number()).is_some()
    }

    /// Returns the connection to the end of the queue, to wait for its peer.
    pub(crate) fn end_work(&self) {
        let mut waiting = self.queue.lock();
        let mut number = self.lock_number();
        // The connection is still in the queue if the handler did not read the body.
        waiting.close.remove(&number);
        waiting.next += 1;
        *number = waiting.next;
        waiting.close.insert(*number, Arc::clone(&self.close));
        self.queue.joined.notify_one();
    }

    fn lock_number(&self) -> MutexGuard<'_, u64> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.lock().close.remove(&self.lock_number());
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Returns the output of a future that does not have to wait.
    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    fn try_acquire(places: &Places) -> Option<Place> {
        now(places.acquire()).flatten()
    }

    #[test]
    fn the_place_of_the_one_that_has_waited_longest_is_given_away() {
        let places = Places::new(3);
        let [first, second, third] = [(); 3].map(|()| try_acquire(&places).unwrap());
        assert!(first.begin_work());
        first.end_work();
        assert!(try_acquire(&places).is_none(), "the place is not free before its connection has ended");
        assert!(now(second.wait_closed()).is_some(), "the first one has waited less long");
        assert!(now(first.wait_closed()).is_none() && now(third.wait_closed()).is_none());
        assert!(!second.begin_work(), "nothing is carried out for a connection that is closed");
        drop(second);
        assert!(try_acquire(&places).is_some());
    }

    #[test]
    fn a_request_that_is_carried_out_keeps_its_place() {
        let places = Places::new(2);
        let [first, second] = [(); 2].map(|()| try_acquire(&places).unwrap());
        assert!(first.begin_work() && second.begin_work());
        assert!(!places.close_oldest());
        let mut next = pin!(places.acquire());
        let mut poll = || next.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll().is_pending());
        assert!(now(first.wait_closed()).is_none() && now(second.wait_closed()).is_none());
        // The response is sent: the connection may be kept alive, but may be closed in favour of another one.
        first.end_work();
        assert!(poll().is_pending());
        assert!(now(first.wait_closed()).is_some() && now(second.wait_closed()).is_none());
        drop(first);
        assert!(poll().is_ready());
    }

    #[test]
    fn a_connection_that_has_ended_is_not_closed_again() {
        let places = Places::new(2);
        drop(try_acquire(&places).unwrap());
        assert!(!places.close_oldest());
    }
}
