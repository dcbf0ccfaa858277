//! The sandbox's clock: the machine's, moved forward on request.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ottpay_vocabulary::number;

/// A clock that can be moved forward. Times are milliseconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: AtomicI64,
    /// One moves it at a time.
    moving: Mutex<()>,
}

/// The furthest that the clock can be ahead: a hundred years.
const MAX_AHEAD: i64 = 100 * 366 * 24 * 3_600_000;

impl Clock {
    pub(crate) fn new(ahead: i64) -> Self {
        Self { ahead: AtomicI64::new(ahead.clamp(0, MAX_AHEAD)), moving: Mutex::default() }
    }

    pub(crate) fn now(&self) -> i64 {
        Timestamp::now().as_millisecond().saturating_add(self.ahead())
    }

    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }

    /// Moves forward, never back, and not beyond a hundred years; not if how far cannot be kept.
    pub(crate) fn advance<E>(&self, by: Duration, keep: impl FnOnce(i64) -> Result<(), E>) -> Result<(), E> {
        let _alone = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let by = i64::try_from(by.as_millis()).unwrap_or(MAX_AHEAD);
        let ahead = self.ahead().saturating_add(by).min(MAX_AHEAD);
        keep(ahead)?;
        self.ahead.store(ahead, Ordering::Relaxed);
        Ok(())
    }
}

/// A duration in the clock's unit.
pub(crate) fn to_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The nearest time that there is a date for.
fn timestamp(millis: i64) -> Timestamp {
    let furthest = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(millis).unwrap_or(furthest)
}

/// A time in UTC, in the form in which an example has it: `20181121121502`, `Apr 14, 2020 12:08:58 AM`, or else as in the
/// vendor's sample of a callback, `2023-03-23 01:21:53`.
pub(crate) fn format_time_like(millis: i64, sample: Option<&str>) -> String {
    let form = match sample.unwrap_or_default() {
        compact if compact.len() == 14 && number::is_digits(compact) => "%Y%m%d%H%M%S",
        words if words.starts_with(|first: char| first.is_ascii_alphabetic()) => "%b %-d, %Y %-I:%M:%S %p",
        _ => "%Y-%m-%d %H:%M:%S",
    };
    timestamp(millis).to_zoned(TimeZone::UTC).strftime(form).to_string()
}

/// `yyyy-MM-dd HH:mm:ss` in UTC, as the vendor's sample of a callback and the pages have it.
pub(crate) fn format_wire_time(millis: i64) -> String {
    format_time_like(millis, None)
}

/// For programs in Rust.
pub(crate) fn to_system_time(millis: i64) -> SystemTime {
    timestamp(millis).into()
}

/// RFC 3339, for the control interface.
pub(crate) fn format_rfc3339(millis: i64) -> String {
    timestamp(millis).to_string()
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
