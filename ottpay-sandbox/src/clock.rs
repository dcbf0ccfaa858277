//! The sandbox's clock: the time of the machine, which tests can move forward.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ottpay_vocabulary::number;

/// A clock that can be moved forward. Times are in milliseconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: AtomicI64,
    /// Held by the one caller that moves the clock.
    moving: Mutex<()>,
}

/// The maximum lead of the clock over the machine: a hundred years.
const MAX_AHEAD: i64 = 100 * 366 * 24 * 3_600_000;

impl Clock {
    pub(crate) fn new(ahead: i64) -> Self {
        Self { ahead: AtomicI64::new(ahead.clamp(0, MAX_AHEAD)), moving: Mutex::default() }
    }

    pub(crate) fn now(&self) -> i64 {
        Timestamp::now().as_millisecond().saturating_add(self.offset())
    }

    pub(crate) fn offset(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Moves the clock forward, by at most a hundred years in all. Leaves it unchanged if `keep` cannot store the new
    /// lead.
    pub(crate) fn advance<E>(&self, by: Duration, keep: impl FnOnce(i64) -> Result<(), E>) -> Result<(), E> {
        let _alone = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let by = i64::try_from(by.as_millis()).unwrap_or(MAX_AHEAD);
        let ahead = self.offset().saturating_add(by).min(MAX_AHEAD);
        keep(ahead)?;
        self.ahead.store(ahead, Ordering::Relaxed);
        Ok(())
    }
}

/// Converts a duration to the clock's unit.
pub(crate) fn to_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the nearest time that has a date.
fn to_timestamp(millis: i64) -> Timestamp {
    let furthest = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(millis).unwrap_or(furthest)
}

/// Formats a time in UTC like a sample: `20181121121502`, `Apr 14, 2020 12:08:58 AM`, or otherwise
/// `2023-03-23 01:21:53` as in the vendor's sample of a callback.
pub(crate) fn format_time_like(millis: i64, sample: Option<&str>) -> String {
    let form = match sample.unwrap_or_default() {
        compact if compact.len() == 14 && number::is_digits(compact) => "%Y%m%d%H%M%S",
        words if words.starts_with(|first: char| first.is_ascii_alphabetic()) => "%b %-d, %Y %-I:%M:%S %p",
        _ => "%Y-%m-%d %H:%M:%S",
    };
    to_timestamp(millis).to_zoned(TimeZone::UTC).strftime(form).to_string()
}

/// Formats a time in UTC as `yyyy-MM-dd HH:mm:ss`, as in the vendor's sample of a callback.
pub(crate) fn format_wire_time(millis: i64) -> String {
    format_time_like(millis, None)
}

/// Converts a time for the Rust API.
pub(crate) fn to_system_time(millis: i64) -> SystemTime {
    to_timestamp(millis).into()
}

/// Formats a time by RFC 3339, for the control interface.
pub(crate) fn format_rfc3339(millis: i64) -> String {
    to_timestamp(millis).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_form_of_the_example() {
        let millis = 1_586_822_938_000;
        for (sample, written) in [
            (None, "2020-04-14 00:08:58"),
            (Some("2023-03-23 01:21:53"), "2020-04-14 00:08:58"),
            (Some("2024-01-08 16:29:03 CST"), "2020-04-14 00:08:58"),
            (Some("20181121121502"), "20200414000858"),
            (Some("Mar 13, 2023 9:52:19 AM"), "Apr 14, 2020 12:08:58 AM"),
        ] {
            assert_eq!(format_time_like(millis, sample), written, "{sample:?}");
        }
        assert_eq!(format_time_like(millis + 46_000_000, Some("Mar 13, 2023 9:52:19 AM")), "Apr 14, 2020 12:55:38 PM");
        assert_eq!(format_time_like(millis + 36_000_000, Some("Mar 13, 2023 9:52:19 AM")), "Apr 14, 2020 10:08:58 AM");
        assert_eq!(format_time_like(millis + 60_000, Some("Mar 13, 2023 9:52:19 AM")), "Apr 14, 2020 12:09:58 AM");
    }
}
