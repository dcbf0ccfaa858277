//! Notifies open pages that something has changed, but not what.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

/// The maximum number of pages that are notified at once.
pub(crate) const MAX_WATCHERS: usize = 32;

/// How many changes a slow receiver may lag behind before they are merged into one.
const BACKLOG: usize = 16;

/// Notifies its receivers of changes.
pub(super) struct News {
    changed: broadcast::Sender<()>,
    watchers: Arc<Semaphore>,
}

impl Default for News {
    fn default() -> Self {
        Self { changed: broadcast::Sender::new(BACKLOG), watchers: Arc::new(Semaphore::new(MAX_WATCHERS)) }
    }
}

impl News {
    pub(super) fn announce(&self) {
        // An error means that there is no receiver.
        let _ = self.changed.send(());
    }

    /// Subscribes a receiver inside the engine, which does not count as a page.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<()> {
        self.changed.subscribe()
    }

    /// Subscribes a page for as long as it holds the permit. Returns `None` if [`MAX_WATCHERS`] pages are subscribed.
    pub(super) fn watch(&self) -> Option<(OwnedSemaphorePermit, broadcast::Receiver<()>)> {
        let permit = Arc::clone(&self.watchers).try_acquire_owned().ok()?;
        Some((permit, self.subscribe()))
    }
}
