//! Converts the database's times, which are milliseconds since 1970, for programs and people.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serializer;

use crate::store::{FromValue, Value, ValueError};

/// Converts a duration to milliseconds. A duration that is too long becomes one that can still be added to a time.
pub(crate) fn millis(time: Duration) -> i64 {
    time.as_millis().try_into().unwrap_or(i64::MAX / 4)
}

/// A time by the database's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(i64);

impl Time {
    pub(crate) fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Converts a time to a statement's parameter. A time before 1970 becomes 1970.
    pub(crate) fn millis_of(time: SystemTime) -> i64 {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        since.as_millis().try_into().unwrap_or(i64::MAX)
    }

    pub(crate) fn system_time(self) -> SystemTime {
        let since = Duration::from_millis(self.0.try_into().unwrap_or(0));
        UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
    }
}

/// Formats the time in UTC, such as `2026-01-17T09:30:00.25Z`.
impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => f.write_str("a time out of range"),
        }
    }
}

impl serde::Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromValue for Time {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        i64::from_value(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc() {
        assert_eq!(Time::from_millis(1_768_642_200_250).to_string(), "2026-01-17T09:30:00.25Z");
        assert_eq!(Time::from_millis(i64::MAX).to_string(), "a time out of range");
        let time = Time::from_millis(1_768_642_200_250).system_time();
        assert_eq!(Time::millis_of(time), 1_768_642_200_250);
        assert_eq!(Time::millis_of(UNIX_EPOCH - Duration::from_secs(1)), 0);
    }

    #[test]
    fn the_longest_duration_can_be_added_to_the_time() {
        let now = 1_768_642_200_250_i64;
        assert_eq!(millis(Duration::from_millis(250)), 250);
        assert!(now.checked_add(millis(Duration::MAX)).is_some_and(|later| later > i64::MAX / 5));
    }
}
