//! Dates and times as the gateway writes them: in several formats, without a time zone.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use smol_str::SmolStr;

use super::convert::FromField;
use super::problem::Problem;

/// A date and time, stored as the received string. The gateway sends no time zone, so it is not an instant.
///
/// Any string is accepted, so that a stored value can always be read again:
///
/// ```
/// # use ottpay_runtime::DateTime;
/// let stored = DateTime::from("2023-03-23 01:21:53").to_string();
/// assert_eq!(stored.parse::<DateTime>()?.local().map(|time| time.year()), Some(2023));
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateTime(SmolStr);

impl DateTime {
    /// Returns the string as it was received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the calendar date and clock time, if the string has one of the known formats: `2023-03-23 01:21:53`, the
    /// same followed by a zone name (which is not interpreted), `20191125162635`, or `Apr 14, 2020 12:08:58 AM`.
    pub fn local(&self) -> Option<jiff::civil::DateTime> {
        parse_date_time(&self.0)
    }
}

/// Parses calendar date and clock time in one of the formats that [`DateTime::local`] knows.
pub(crate) fn parse_date_time(text: &str) -> Option<jiff::civil::DateTime> {
    if let Some(read) = parse_usual(text.as_bytes()) {
        return Some(read);
    }
    let text = text.trim();
    // Newer locale data has a narrow no-break space before AM and PM.
    let text = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.replace('\u{202f}', " ")) };
    if has_sign(&text) {
        return None;
    }
    let parse = |form| jiff::civil::DateTime::strptime(form, &*text).ok();
    parse_numeric(&text)
        // The library also accepts fewer digits, and it is ambiguous which part lacks one.
        .or_else(|| (text.len() == 14).then(|| parse("%Y%m%d%H%M%S")).flatten())
        .or_else(|| parse("%b %d, %Y %I:%M:%S %p"))
        .or_else(|| parse("%b %d, %Y, %I:%M:%S %p"))
}

/// Whether a number has a sign. The library accepts one before a year, with fewer digits than four.
fn has_sign(text: &str) -> bool {
    let after_digit = |before: &[u8]| before.last().is_some_and(u8::is_ascii_digit);
    let mut signs = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'-' | b'+'));
    signs.any(|(at, _)| !text.as_bytes().get(..at).is_some_and(after_digit))
}

/// Parses exactly `2023-03-23 01:21:53`, by far the most frequent format, without the slower general parser.
fn parse_usual(text: &[u8]) -> Option<jiff::civil::DateTime> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', n1, n2, b':', s1, s2] = text else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i8::try_from(byte - b'0').ok()).flatten();
    let two = |tens, ones| Some(digit(tens)? * 10 + digit(ones)?);
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    jiff::civil::DateTime::new(year, two(m1, m2)?, two(d1, d2)?, hour, minute, second, 0).ok()
}

/// Parses `2023-03-23 01:21:53`, optionally followed by a zone name.
fn parse_numeric(text: &str) -> Option<jiff::civil::DateTime> {
    let mut words = text.split_ascii_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next());
    // A zone name is not interpreted. `AM` and `PM` are not zones and would change the hour.
    let is_zone = |word: &str| word.bytes().all(|byte| byte.is_ascii_uppercase()) && !matches!(word, "AM" | "PM");
    if !zone.is_none_or(is_zone) || words.next().is_some() {
        return None;
    }
    jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", format!("{date} {time}")).ok()
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for DateTime {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DateTime {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for DateTime {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl FromStr for DateTime {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(text))
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An unknown format is not an error, because the string is kept.
impl FromField for DateTime {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_seen_in_the_field_is_read() {
        for (text, expected) in [
            ("2023-03-23 01:21:53", "2023-03-23T01:21:53"),
            ("2024-01-08 16:29:03 CST", "2024-01-08T16:29:03"),
            ("20191125162635", "2019-11-25T16:26:35"),
            ("Apr 14, 2020 12:08:58 AM", "2020-04-14T00:08:58"),
            ("Mar 13, 2023 9:52:19 AM", "2023-03-13T09:52:19"),
            ("Mar 13, 2023, 9:52:19\u{202f}PM", "2023-03-13T21:52:19"),
        ] {
            let read = DateTime::from_field(text).unwrap();
            assert_eq!((read.as_str(), read.as_ref() as &str), (text, text));
            assert_eq!(read.local().map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn the_usual_form_is_read_as_by_the_general_reader() {
        let by_form = |text: &str| jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok();
        let usual = |text: &str| parse_usual(text.as_bytes());
        for text in ["2024-02-29 00:00:00", "2023-12-31 23:59:59", "0000-01-01 00:00:00", "9999-12-31 12:30:30"] {
            assert!(usual(text).is_some(), "{text}");
            assert_eq!(usual(text), by_form(text), "{text}");
        }
        for text in ["2023-02-29 00:00:00", "2023-13-01 00:00:00", "2023-00-01 00:00:00", "2023-01-01 24:00:00"] {
            assert_eq!((usual(text), by_form(text)), (None, None), "{text}");
        }
        for text in ["2023-01-01 00:00:60", "2023-1-01 00:00:001", "2023-01-01T00:00:00", "+023-01-01 00:00:00"] {
            assert_eq!(usual(text), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_form_keeps_its_text() {
        for text in [
            "yesterday",
            "2023-13-40 01:21:53",
            "2018112112",
            "",
            "2023-03-23 01:21:53 +08:00",
            "2024-01-08 04:29:03 PM",
            "-2024-01-08 04:29:03",
            "+2024-01-08 04:29:03",
            "-0191101219135",
            "+0191101219135",
            "Apr 14, -020 12:08:58 AM",
            "Apr 14, +2020 12:08:58 AM",
        ] {
            let read = DateTime::from_field(text).unwrap();
            assert_eq!((read.as_str(), read.local()), (text, None));
        }
    }
}
