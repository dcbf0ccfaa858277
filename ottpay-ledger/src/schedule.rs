//! When to query the gateway about an order again.

use std::time::Duration;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The longest time after which a query can be scheduled. The ledger attributes a later time to a wrong clock.
const LONGEST: i64 = 35 * DAY;

/// The times since an order's last activity at which the gateway is queried.
///
/// By default these are 5 s, 15 s, 1 min, 5 min, 15 min, 1 h, 6 h, 1 d, 3 d and 7 d. Noting the order and each callback
/// count as activity, and restart the schedule.
///
/// ```
/// use std::time::Duration;
/// use ottpay_ledger::Schedule;
///
/// // Fast schedules, for tests.
/// let fast = Schedule::every(Duration::from_millis(100));
/// let twice = Schedule::from_times([Duration::from_secs(1), Duration::from_secs(60)]);
/// assert_ne!(fast, twice);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Times);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Times {
    /// Milliseconds since the last activity, in ascending order.
    At(Vec<i64>),
    Every(i64),
}

impl Schedule {
    /// Creates a schedule with these times since the last activity, in any order. Times beyond 35 days count as 35 days.
    pub fn from_times(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<_> = times.into_iter().map(to_milliseconds).collect();
        times.sort_unstable();
        times.dedup();
        Self(Times::At(times))
    }

    /// Creates a schedule with a constant interval of at least 10 milliseconds and at most 35 days. It continues until
    /// the order lapses because of inactivity.
    pub fn every(interval: Duration) -> Self {
        Self(Times::Every(to_milliseconds(interval).max(10)))
    }

    /// Returns the first time after `now` in the schedule that began at `alive_at`. `None` if the schedule has ended.
    pub(crate) fn next(&self, alive_at: i64, now: i64) -> Option<i64> {
        let gone = now.saturating_sub(alive_at).max(0);
        let after = match &self.0 {
            Times::At(times) => times.iter().copied().find(|after| *after > gone)?,
            Times::Every(interval) => {
                // Multiples of the interval since the last activity, so that a late query does not delay the later
                // ones. The interval is never zero: see `every`.
                let rounds = gone.checked_div(*interval).unwrap_or_default();
                rounds.saturating_add(1).saturating_mul(*interval)
            }
        };
        Some(alive_at.saturating_add(after))
    }

    /// Returns when the schedule that began at `alive_at` ends, or `None` if it never does.
    pub(crate) fn end(&self, alive_at: i64) -> Option<i64> {
        match &self.0 {
            Times::At(times) => Some(alive_at.saturating_add(times.last().copied().unwrap_or_default())),
            Times::Every(_) => None,
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        let times = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY];
        Self(Times::At(times.to_vec()))
    }
}

fn to_milliseconds(time: Duration) -> i64 {
    time.as_millis().try_into().unwrap_or(LONGEST).min(LONGEST)
}

/// Times after the end of an order at which it is queried again, because late payments exist.
pub(crate) const AFTER_END: [i64; 3] = [HOUR, DAY, 7 * DAY];
/// Times after a payment at which it is queried again. Nothing else reveals a refund made elsewhere, or a reversal.
pub(crate) const AFTER_PAYMENT: [i64; 3] = [DAY, 7 * DAY, 30 * DAY];
/// How long a reservation is queried, once a day.
pub(crate) const RESERVATION_ENDS: i64 = 35 * DAY;
/// How long until a payment with a refund in flight is queried again.
pub(crate) const UNDER_WAY: i64 = HOUR;

/// Returns the first of these times after `now`.
pub(crate) fn next_of(times: &[i64], since: i64, now: i64) -> Option<i64> {
    times.iter().map(|after| since.saturating_add(*after)).find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_asked_about_ten_times_in_a_week_of_silence() {
        let schedule = Schedule::default();
        let mut asked = Vec::new();
        let mut now = 1000;
        while let Some(at) = schedule.next(1000, now) {
            asked.push(at - 1000);
            now = at;
        }
        let seconds: Vec<_> = asked.iter().map(|at| at / SECOND).collect();
        assert_eq!(seconds, [5, 15, 60, 300, 900, 3600, 21_600, 86_400, 259_200, 604_800]);
        assert_eq!(schedule.end(1000), Some(now));
    }

    #[test]
    fn times_that_have_passed_are_left_out() {
        let schedule = Schedule::default();
        assert_eq!(schedule.next(0, 2 * HOUR), Some(6 * HOUR));
        assert_eq!(schedule.next(0, 7 * DAY), None);
        // A clock that was set back.
        assert_eq!(schedule.next(10_000, 0), Some(10_000 + 5 * SECOND));
        assert_eq!(next_of(&AFTER_END, 0, DAY), Some(7 * DAY));
        assert_eq!(next_of(&AFTER_END, 0, 7 * DAY), None);
    }

    #[test]
    fn a_schedule_can_be_a_list_or_an_interval() {
        let twice = Schedule::from_times([Duration::from_secs(2), Duration::from_secs(1), Duration::from_secs(2)]);
        assert_eq!(twice.next(0, 0), Some(1000));
        assert_eq!(twice.next(0, 1000), Some(2000));
        assert_eq!((twice.next(0, 2000), twice.end(0)), (None, Some(2000)));
        let every = Schedule::every(Duration::from_millis(50));
        assert_eq!(every.next(0, 0), Some(50));
        assert_eq!(every.next(0, 50), Some(100));
        assert_eq!((every.next(0, i64::MAX).is_some(), every.end(0)), (true, None));
        assert_eq!(Schedule::every(Duration::ZERO), Schedule::every(Duration::from_millis(10)));
        let long = Schedule::from_times([Duration::MAX, Duration::from_secs(86_400 * 40)]);
        assert_eq!((long.end(0), long.next(0, 35 * DAY)), (Some(35 * DAY), None));
        assert_eq!(Schedule::every(Duration::MAX), Schedule::every(Duration::from_secs(86_400 * 35)));
        let never = Schedule::from_times([]);
        assert_eq!((never.next(5, 5), never.end(5)), (None, Some(5)));
    }
}
