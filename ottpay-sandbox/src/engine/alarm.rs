//! Wakes the delivery worker when work becomes due before the worker's own timer.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::to_millis;

/// Wakes the delivery worker, unless its timer is early enough.
pub(super) struct Alarm {
    /// When the worker's timer ends.
    wakes: AtomicI64,
    notify: Notify,
}

impl Default for Alarm {
    fn default() -> Self {
        Self { wakes: AtomicI64::new(i64::MAX), notify: Notify::new() }
    }
}

impl Alarm {
    /// Begins a search for due work. Work added during the search wakes the worker again, because the search may have
    /// missed it.
    pub(super) fn begin_look(&self) {
        self.wakes.store(i64::MAX, Ordering::SeqCst);
    }

    /// Ends a search, and sets when the worker's timer ends.
    pub(super) fn end_look(&self, now: i64, wait: Duration) {
        self.wakes.store(now.saturating_add(to_millis(wait)), Ordering::SeqCst);
    }

    /// Wakes the worker if its timer ends after this time. Most orders are due long after the next search.
    pub(super) fn set(&self, due: i64) {
        if due < self.wakes.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Wakes the worker.
    pub(super) fn wake(&self) {
        self.notify.notify_one();
    }

    /// Waits until [`wake`](Self::wake) is called.
    pub(super) async fn wait(&self) {
        self.notify.notified().await;
    }
}
