//! Times in requests.

use std::fmt;
use std::str::FromStr;

use jiff::civil;

pub use ottpay_vocabulary::TimestampError;
use ottpay_vocabulary::{ValueError, timestamp};

use super::convert::{FieldText, IntoField};
use super::problem::Problem;

/// A time in the format of card requests: `yyyyMMddHHmmss`. The vendor does not document the time zone; one client in
/// production sends UTC and warns against local time.
///
/// ```
/// # use ottpay_runtime::Timestamp;
/// let time: Timestamp = "20191125162635".parse()?;
/// assert_eq!(Timestamp::try_from("20191125162635"), Ok(time));
/// # Ok::<(), ottpay_runtime::TimestampError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(String);

const FORM: &str = "%Y%m%d%H%M%S";

impl Timestamp {
    /// Creates a timestamp from 14 digits, such as `20191125162635`.
    ///
    /// # Errors
    /// [`TimestampError`] if it is not such a time.
    pub fn new(text: impl Into<String>) -> Result<Self, TimestampError> {
        let text = text.into();
        timestamp::check_timestamp(&text).map(|()| Self(text))
    }

    /// Returns the current time in UTC.
    pub fn now_utc() -> Self {
        Self::from_civil(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).datetime())
    }

    /// Returns the time as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_civil(time: civil::DateTime) -> Self {
        Self(time.strftime(FORM).to_string())
    }
}

/// Converts calendar date and clock time, in the time zone that the caller has agreed on. The year must have four
/// digits.
impl TryFrom<civil::DateTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: civil::DateTime) -> Result<Self, Self::Error> {
        // The last year of `jiff` is 9999, so only a negative one does not have four digits.
        if time.year() < 0 { Err(TimestampError) } else { Ok(Self::from_civil(time)) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// See [`Timestamp::new`].
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

/// See [`Timestamp::new`].
impl TryFrom<&str> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

/// See [`Timestamp::new`].
impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl AsRef<str> for Timestamp {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl IntoField<Timestamp> for Timestamp {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(&self.0);
        Ok(())
    }
}

impl IntoField<Timestamp> for civil::DateTime {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        let time = Timestamp::try_from(*self).map_err(|_| Problem::Value(ValueError::NotATimestamp))?;
        time.write_to(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_sample_is_a_time_and_others_are_not() {
        assert_eq!(Timestamp::new("20191125162635").unwrap().as_str(), "20191125162635");
        for text in ["", "2019112516263", "20191325162635", "20191125256635", "2019-11-25 162", "２０１９"] {
            assert_eq!(Timestamp::new(text), Err(TimestampError), "{text}");
        }
    }

    #[test]
    fn a_calendar_time_and_the_present_have_fourteen_digits() {
        let time = civil::date(2019, 11, 25).at(16, 26, 35, 999);
        let mut text = String::new();
        IntoField::<Timestamp>::write_to(&time, &mut FieldText::new(&mut text)).unwrap();
        assert_eq!(text, "20191125162635");
        assert_eq!(Timestamp::try_from(civil::date(7, 1, 2).at(3, 4, 5, 0)).unwrap().as_str(), "00070102030405");
        let first = Timestamp::try_from(civil::date(0, 1, 2).at(3, 4, 5, 0)).unwrap();
        assert_eq!((first.as_str(), first.as_ref() as &str), ("00000102030405", "00000102030405"));
        assert_eq!(Timestamp::try_from(civil::date(-7, 1, 2).at(3, 4, 5, 0)), Err(TimestampError));
        let now = Timestamp::now_utc();
        assert_eq!(Timestamp::new(now.as_str()), Ok(now));
    }
}
