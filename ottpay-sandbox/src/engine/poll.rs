//! Waits until the sandbox reaches a certain state.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::state::Engine;

/// The maximum pause between two checks while changes are announced. The pause grows with each check: the first changes
/// are seen at once, and a busy sandbox is not checked all the time.
const MAX_PAUSE: Duration = Duration::from_millis(20);
const LONGER_PAUSE: Duration = Duration::from_millis(1);

/// The time between checks if no change is announced.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Engine {
    /// Repeats a check after each change until it succeeds or the time is over, but at least once. The check may wait
    /// for the database, so it runs on a blocking thread.
    ///
    /// # Errors
    /// The result of the last check.
    pub(crate) async fn poll<T: Send + 'static>(
        self: &Arc<Self>,
        within: Duration,
        look: impl Fn(&Self) -> Result<T, String> + Send + Sync + 'static,
    ) -> Result<T, String> {
        let (start, look) = (Instant::now(), Arc::new(look));
        let mut pause = Duration::ZERO;
        loop {
            // Subscribed before the check, so that no change after it is missed.
            let mut changed = self.news.subscribe();
            let (engine, look) = (Arc::clone(self), Arc::clone(&look));
            let looked = tokio::task::spawn_blocking(move || look(&engine)).await;
            let reason = match looked {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(reason)) => reason,
                Err(error) => return Err(error.to_string()),
            };
            let left = within.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(reason);
            }
            tokio::time::sleep(left.min(pause)).await;
            // A change, many missed changes and the timeout have the same effect: another check.
            let _ = tokio::time::timeout(left.saturating_sub(pause).min(LOOK_EVERY), changed.recv()).await;
            pause = (pause + LONGER_PAUSE).min(MAX_PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::test_engine::build_engine;
    use super::*;

    #[tokio::test]
    async fn a_long_check_does_not_block_other_work() {
        let (engine, _waiting) = build_engine();
        let look = |_: &Engine| {
            std::thread::sleep(Duration::from_secs(1));
            Ok(())
        };
        let start = Instant::now();
        let meanwhile = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            start.elapsed()
        };
        let (looked, elapsed) = tokio::join!(engine.poll(Duration::ZERO, look), meanwhile);
        assert!(looked.is_ok() && elapsed < Duration::from_millis(900), "{elapsed:?}");
    }

    #[tokio::test]
    async fn nothing_is_checked_again_until_something_changes() {
        let (engine, _waiting) = build_engine();
        let looks = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&looks);
        let look = move |_: &Engine| match counted.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err("not yet".to_owned()),
            look => Ok(look),
        };
        // Once at first, and once when the time is over.
        let found = engine.poll(Duration::from_millis(200), look.clone()).await;
        assert_eq!((found, looks.swap(0, Ordering::SeqCst)), (Err("not yet".to_owned()), 2));
        let announce = async {
            for _ in 0..2 {
                tokio::time::sleep(Duration::from_millis(50)).await;
                engine.news.announce();
            }
        };
        let start = Instant::now();
        let (found, ()) = tokio::join!(engine.poll(Duration::from_secs(60), look), announce);
        assert!(found == Ok(2) && start.elapsed() < Duration::from_secs(10), "{found:?}");
    }
}
