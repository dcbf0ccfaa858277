//! How often, and for how long, a read is repeated.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use crate::error::failure::Reason;
use crate::reply::Received;
use crate::transport::Clock;

/// The longest possible delay.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How often, and for how long, a read is repeated: [`Asking::retry`](super::Asking::retry).
///
/// `Retry::default()` makes at most 4 attempts within 30 seconds, with about 0.5, 1 and 2 seconds between them.
///
/// ```
/// # extern crate ottpay_runtime as ottpay;
/// use std::time::Duration;
///
/// use ottpay::Retry;
///
/// let patient = Retry::default().attempts(10).longest_delay(Duration::from_secs(5)).up_to(Duration::from_secs(120));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "this does nothing until it is given to `.retry(…)`"]
pub struct Retry {
    attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    limit: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(8),
            limit: Duration::from_secs(30),
        }
    }
}

impl Retry {
    /// Sets the maximum number of attempts, including the first; by default 4. There is always at least one.
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the delay after the first attempt; by default half a second. Each delay is twice the previous one, plus a
    /// random part of up to the same length, so that many clients do not send at the same moment.
    pub fn first_delay(self, delay: Duration) -> Self {
        Self { first_delay: delay, ..self }
    }

    /// Sets the maximum delay, before the random part is added; by default 8 seconds, and never more than a day.
    pub fn longest_delay(self, delay: Duration) -> Self {
        Self { longest_delay: delay, ..self }
    }

    /// Sets how long everything may take, exchanges and delays combined; by default 30 seconds. An exchange still
    /// running at the limit is aborted. A delay that would exceed the limit is skipped, and the last error is returned
    /// at once.
    pub fn up_to(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Repeats `exchange` until there is a reply or an error that a retry cannot fix, or until no attempt or no time is
    /// left. `exchange` receives the time that is left; `clock` measures the delays.
    pub(super) async fn run<E>(&self, clock: Clock, exchange: impl Fn(Duration) -> E) -> Result<Received, Reason>
    where
        E: Future<Output = Result<Received, Reason>>,
    {
        let started = clock.now();
        let left = || self.limit.saturating_sub(clock.now().saturating_duration_since(started));
        // Bounded, because `backon` adds the random part by arithmetic that panics on overflow.
        let longest = self.longest_delay.min(LONGEST);
        let mut delays = ExponentialBuilder::new()
            .with_min_delay(self.first_delay.min(longest))
            .with_max_delay(longest)
            // It counts the delays, of which there is one fewer than attempts.
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .with_jitter()
            .build();
        loop {
            let reason = match exchange(left()).await {
                Err(reason) if reason.is_transient() => reason,
                settled => return settled,
            };
            match delays.next().filter(|delay| *delay < left()) {
                // Without a clock there cannot be another attempt, so the error of this attempt is returned.
                Some(delay) if clock.pause(delay).await.is_ok() => {}
                _ => return Err(reason),
            }
        }
    }
}
