//! Wakes the delivery worker: at the next due time it has found, or earlier if something becomes due earlier.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::to_millis;

/// Wakes the delivery worker, unless it wakes early enough by itself.
pub(super) struct Alarm {
    /// When it wakes by itself.
    wakes: AtomicI64,
    notify: Notify,
}

impl Default for Alarm {
    fn default() -> Self {
        Self { wakes: AtomicI64::new(i64::MAX), notify: Notify::new() }
    }
}

impl Alarm {
    /// Begins a search for due work. Work that is added during the search wakes the worker once more, as the search may have
    /// missed it.
    pub(super) fn begin_look(&self) {
        self.wakes.store(i64::MAX, Ordering::SeqCst);
    }

    /// Ends a search: the worker wakes by itself after this time.
    pub(super) fn end_look(&self, now: i64, wait: Duration) {
        self.wakes.store(now.saturating_add(to_millis(wait)), Ordering::SeqCst);
    }

    /// Wakes the worker if it would otherwise wake after this time. Most orders are due long after its next search.
    pub(super) fn set(&self, due: i64) {
        if due < self.wakes.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Wakes the worker.
    pub(super) fn wake(&self) {
        self.notify.notify_one();
    }

    /// Waits until the worker is woken.
    pub(super) async fn woken(&self) {
        self.notify.notified().await;
    }
}
