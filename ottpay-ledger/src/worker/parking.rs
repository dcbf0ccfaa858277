//! Decides when a failed turn is retried, or whether its order is parked.

use std::time::Duration;

use super::fail::Fail;

/// What follows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Following {
    /// Another turn after this delay.
    Again(Duration),
    /// None until a person replays the order.
    Park,
}

/// Decides what follows the failure of a turn. `tries` includes this turn; `failing_for` is the time since the first
/// failure.
///
/// A rolling deployment may kill ten turns, and a mail server may be unreachable for an hour. Therefore an order is
/// parked only after many attempts over a long time, or after a failure that retrying cannot fix.
pub(super) fn follow_failure(fail: &Fail, tries: i64, failing_for: Duration, park_after: (i64, Duration)) -> Following {
    if fail.is_permanent() || has_failed_enough(tries, failing_for, park_after) {
        return Following::Park;
    }
    Following::Again(back_off(tries))
}

/// Whether this many attempts over this time are enough to park an order.
pub(super) fn has_failed_enough(tries: i64, failing_for: Duration, park_after: (i64, Duration)) -> bool {
    tries >= park_after.0 && failing_for > park_after.1
}

/// Returns 1 s, 2 s, 4 s … 8.5 min, then always 15 min.
fn back_off(tries: i64) -> Duration {
    let doublings = tries.saturating_sub(1).clamp(0, 12);
    let seconds = 1_u64.checked_shl(doublings.try_into().unwrap_or(12)).unwrap_or(u64::MAX);
    Duration::from_secs(seconds.min(900))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: (i64, Duration) = (10, Duration::from_secs(24 * 3600));

    fn after(tries: i64, hours: u64) -> Following {
        follow_failure(&Fail::transient("away"), tries, Duration::from_secs(hours * 3600), AFTER)
    }

    #[test]
    fn only_many_attempts_in_a_long_time_park_an_order() {
        assert_eq!(after(10_000, 24), Following::Again(Duration::from_secs(900)), "many, and not long");
        assert_eq!(after(9, 1000), Following::Again(Duration::from_secs(256)), "long, and not many");
        assert_eq!(after(10, 25), Following::Park);
    }

    #[test]
    fn a_permanent_error_is_parked_immediately() {
        assert_eq!(follow_failure(&Fail::permanent("no such product"), 1, Duration::ZERO, AFTER), Following::Park);
    }

    #[test]
    fn attempts_are_made_ever_more_rarely_and_at_least_every_15_minutes() {
        let seconds: Vec<u64> = [0, 1, 2, 3, 10, 11, 12, i64::MAX]
            .map(|tries| match after(tries, 0) {
                Following::Again(delay) => delay.as_secs(),
                Following::Park => panic!("{tries}"),
            })
            .to_vec();
        assert_eq!(seconds, [1, 1, 2, 4, 512, 900, 900, 900]);
    }
}
