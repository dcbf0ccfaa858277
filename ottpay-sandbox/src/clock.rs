//! The sandbox's clock: the machine's, moved forward on request.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

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

/// `yyyy-MM-dd HH:mm:ss` in UTC, as in the vendor's sample of a callback.
pub(crate) fn format_wire_time(millis: i64) -> String {
    timestamp(millis).to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// For programs in Rust.
pub(crate) fn to_system_time(millis: i64) -> SystemTime {
    timestamp(millis).into()
}

/// RFC 3339, for the control interface.
pub(crate) fn format_rfc3339(millis: i64) -> String {
    timestamp(millis).to_string()
}
