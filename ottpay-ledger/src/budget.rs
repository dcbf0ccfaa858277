//! Limits how many queries per second are sent for each merchant.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// A rate limit per merchant in this process. After a pause, up to one second's worth of queries may be sent at once.
#[derive(Debug)]
pub(crate) struct Budget {
    interval: Duration,
    /// For each merchant, when the last permitted query would be due if all were evenly spaced.
    taken_until: Mutex<HashMap<String, Instant>>,
}

impl Budget {
    /// Creates a limit; zero queries per second count as one.
    pub(crate) fn new(per_second: u32) -> Self {
        let interval = Duration::from_secs(1).checked_div(per_second.max(1)).unwrap_or_default();
        Self { interval, taken_until: Mutex::default() }
    }

    /// Waits until a query for this merchant is permitted.
    pub(crate) async fn acquire(&self, merchant: &str) {
        sleep_until(self.reserve(merchant, Instant::now())).await;
    }

    /// The longest time that this many queries may have to wait.
    pub(crate) fn longest_wait(&self, queries: u32) -> Duration {
        self.interval.saturating_mul(queries)
    }

    fn reserve(&self, merchant: &str, now: Instant) -> Instant {
        let mut taken_until = self.taken_until.lock().unwrap_or_else(PoisonError::into_inner);
        let start = taken_until.get(merchant).copied().filter(|until| *until > now).unwrap_or(now);
        taken_until.insert(merchant.to_owned(), start + self.interval);
        let burst = Duration::from_secs(1).saturating_sub(self.interval);
        start.checked_sub(burst).filter(|at| *at > now).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(budget: &Budget, merchant: &str, now: Instant, count: usize) -> Vec<u64> {
        let wait = |_| budget.reserve(merchant, now).duration_since(now).as_millis().try_into().unwrap();
        (0..count).map(wait).collect()
    }

    #[test]
    fn a_second_has_no_more_queries_than_the_budget_of_its_merchant() {
        let (budget, now) = (Budget::new(5), Instant::now());
        assert_eq!(waits(&budget, "A", now, 8), [0, 0, 0, 0, 0, 200, 400, 600]);
        assert_eq!(waits(&budget, "B", now, 2), [0, 0], "another merchant has a budget of their own");
        let later = now + Duration::from_secs(60);
        assert_eq!(waits(&budget, "A", later, 6), [0, 0, 0, 0, 0, 200], "what was not used is not saved up");
    }

    #[test]
    fn a_budget_of_nothing_is_one_query_per_second() {
        assert_eq!(waits(&Budget::new(0), "A", Instant::now(), 3), [0, 1000, 2000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_query_waits_until_its_merchant_may_send_it() {
        let (budget, start) = (Budget::new(5), Instant::now());
        for _ in 0..7 {
            budget.acquire("A").await;
        }
        assert_eq!(start.elapsed(), Duration::from_millis(400));
        assert_eq!(budget.longest_wait(3), Duration::from_millis(600));
    }
}
