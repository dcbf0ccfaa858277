//! Parses and formats times, and formats money, for people.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use ottpay::{Amount, Currency};

/// Parses a duration before now, such as `90s`, `15m`, `2h`, `3d` or `1w`, or a time, such as `2026-01-17T09:30:00Z`.
pub(super) fn parse_since(text: &str) -> Result<SystemTime, &'static str> {
    const EXPECTED: &str = "expected a time span such as 15m, 2h or 3d, or a time such as 2026-01-17T09:30:00Z";
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let unit: Option<u64> = match text.get(digits..) {
        Some("s") => Some(1),
        Some("m") => Some(60),
        Some("h") => Some(3600),
        Some("d") => Some(24 * 3600),
        Some("w") => Some(7 * 24 * 3600),
        _ => None,
    };
    if let Some((unit, count)) = unit.zip(text.get(..digits).and_then(|digits| digits.parse::<u64>().ok())) {
        let span = count.checked_mul(unit).map(Duration::from_secs).ok_or(EXPECTED)?;
        return SystemTime::now().checked_sub(span).ok_or(EXPECTED);
    }
    text.parse::<Timestamp>().map(SystemTime::from).map_err(|_| EXPECTED)
}

/// Formats a time in UTC, to the second.
pub(super) fn format_time(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    seconds.map(|timestamp| timestamp.to_string().replace('T', " ")).unwrap_or_default()
}

/// Formats an optional time, or `-`.
pub(super) fn format_optional_time(time: Option<SystemTime>) -> String {
    time.map_or_else(|| "-".to_owned(), format_time)
}

/// Formats how long something has waited.
pub(super) fn format_age(since: SystemTime, now: SystemTime) -> String {
    let seconds = now.duration_since(since).unwrap_or_default().as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86400),
    }
}

/// Formats an amount, with its currency if that is known.
pub(super) fn format_amount(amount: Option<Amount>, currency: Option<Currency>) -> String {
    match (amount, currency) {
        (Some(amount), Some(currency)) => amount.in_currency(currency).to_string(),
        (Some(amount), None) => format!("{} minor units", amount.minor()),
        (None, _) => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_span_or_a_moment() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("2h", 7200), ("3d", 259_200), ("1w", 604_800)] {
            let since = parse_since(text).unwrap();
            let age = SystemTime::now().duration_since(since).unwrap().as_secs();
            assert!((seconds..seconds + 5).contains(&age), "{text}: {age}");
        }
        assert_eq!(format_time(parse_since("2026-01-17T10:30:00.9+01:00").unwrap()), "2026-01-17 09:30:00Z");
        for text in ["", "h", "2", "2 h", "-1h", "2026-01-17", "99999999999999999999h", "yesterday"] {
            assert!(parse_since(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_age_is_short() {
        let age = |seconds| format_age(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!([0, 119, 120, 7199, 7200, 172_800].map(age), ["0 s", "119 s", "2 min", "119 min", "2 h", "2 d"]);
        assert_eq!(format_age(SystemTime::now(), SystemTime::UNIX_EPOCH), "0 s");
    }
}
