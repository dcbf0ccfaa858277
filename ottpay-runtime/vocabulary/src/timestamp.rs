//! Times in requests.

use std::fmt;

use crate::number;

/// Checks a time of 14 digits, `yyyyMMddHHmmss`, that exists in the calendar.
///
/// # Errors
/// [`TimestampError`] if it is anything else.
pub fn check_timestamp(text: &str) -> Result<(), TimestampError> {
    let is_digits = text.len() == 14 && number::is_digits(text);
    let part = |range| -> u32 { text.get(range).and_then(|digits: &str| digits.parse().ok()).unwrap_or(u32::MAX) };
    if !is_digits || part(8..10) > 23 || part(10..12) > 59 || part(12..14) > 59 {
        return Err(TimestampError);
    }
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap_year),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    if (1..=days).contains(&day) { Ok(()) } else { Err(TimestampError) }
}

/// The string is not a time of the form `yyyyMMddHHmmss`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time as 14 digits, yyyyMMddHHmmss")
    }
}

impl std::error::Error for TimestampError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_exists_in_the_calendar() {
        for text in ["20191125162635", "20200229000000", "20000229235959", "00010101000000", "20191231235959"] {
            assert_eq!(check_timestamp(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "2019112516263",
            "20191325162635",
            "20191125246000",
            "20191125256635",
            "20190229000000",
            "19000229000000",
            "20190431000000",
            "20190400000000",
            "20190001000000",
            "2019-11-25 162",
            "２０１９",
        ] {
            assert_eq!(check_timestamp(text), Err(TimestampError), "{text}");
        }
    }
}
