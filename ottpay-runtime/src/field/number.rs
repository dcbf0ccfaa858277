//! Exact decimal numbers: exchange rates, and the numbers in amounts.

use std::fmt;
use std::str::FromStr;

pub use rust_decimal::Decimal;

use ottpay_vocabulary::{ValueError, number};

use super::convert::FromField;
use super::problem::Problem;

/// An exchange rate to CNY times 10^8, as the exchange rate query returns it: `650000000` is 6.5.
///
/// It is displayed and parsed as the rate itself:
///
/// ```
/// # use ottpay_runtime::{Decimal, Rate};
/// assert_eq!(Rate::from_e8(650_000_000).to_string(), "6.5");
/// assert_eq!("6.5".parse(), Ok(Rate::from_e8(650_000_000)));
/// assert_eq!(Rate::try_from(Decimal::new(65, 1)), Ok(Rate::from_e8(650_000_000)));
/// # Ok::<(), ottpay_runtime::RateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// Creates a rate from its value times 10^8.
    pub const fn from_e8(e8: u64) -> Self {
        Self(e8)
    }

    /// Returns the rate times 10^8, as on the wire.
    pub const fn e8(self) -> u64 {
        self.0
    }

    /// Returns the rate itself, exactly.
    pub fn to_decimal(self) -> Decimal {
        Decimal::from_i128_with_scale(self.0.into(), 8).normalize()
    }
}

/// Formats the rate itself: `6.5`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().fmt(f)
    }
}

/// Parses the displayed form.
impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Decimal::from_field(text).map_err(|_| RateError).and_then(Self::try_from)
    }
}

/// Converts the rate itself, without rounding.
impl TryFrom<Decimal> for Rate {
    type Error = RateError;

    fn try_from(rate: Decimal) -> Result<Self, Self::Error> {
        // Without zeros at its end, the number has no more decimals than it needs.
        let rate = rate.normalize();
        let factor = 8_u32.checked_sub(rate.scale()).and_then(|zeros| 10_i128.checked_pow(zeros)).ok_or(RateError)?;
        let e8 = rate.mantissa().checked_mul(factor).and_then(|e8| u64::try_from(e8).ok());
        e8.map(Self).ok_or(RateError)
    }
}

/// Converts to the rate itself, exactly.
impl From<Rate> for Decimal {
    fn from(rate: Rate) -> Self {
        rate.to_decimal()
    }
}

/// A string or number that is not an exchange rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an exchange rate such as 6.5: not negative, with at most 8 decimals")]
pub struct RateError;

impl FromField for Rate {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::parse_integer(text).map(Self).ok_or(Problem::Value(ValueError::NotARate))
    }
}

impl FromField for Decimal {
    fn from_field(text: &str) -> Result<Self, Problem> {
        let decimal =
            number::parse_decimal(text).and_then(|(value, scale)| Self::try_from_i128_with_scale(value, scale).ok());
        decimal.ok_or(Problem::Value(ValueError::NotADecimal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_rate_is_six_and_a_half() {
        for text in ["650000000", "6.5E8", "650000000.0"] {
            assert_eq!(Rate::from_field(text).unwrap().to_string(), "6.5", "{text}");
        }
        assert_eq!(Rate::from_field("6.5"), Err(Problem::Value(ValueError::NotARate)));
        assert_eq!(Rate::from_e8(u64::MAX).to_string(), "184467440737.09551615");
    }

    #[test]
    fn every_rate_is_parsed_from_its_display_form() {
        for shift in 0..64 {
            for e8 in [0, 1, u64::MAX >> shift, (u64::MAX >> shift) / 10 * 10, 1 << shift] {
                let rate = Rate::from_e8(e8);
                assert_eq!(rate.to_string().parse(), Ok(rate));
                assert_eq!(Rate::try_from(Decimal::from(rate)), Ok(rate));
            }
        }
        assert_eq!("5.05703000000".parse(), Ok(Rate::from_e8(505_703_000)));
        for text in ["", "-1", "0.000000001", "184467440737.09551616", "6,5", "six"] {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text}");
        }
    }

    #[test]
    fn decimals_keep_their_written_precision() {
        assert_eq!(Decimal::from_field("5.24740000").unwrap().to_string(), "5.24740000");
        assert_eq!(Decimal::from_field("-1.5e2").unwrap().to_string(), "-150");
        for text in
            ["", "five", "1/2", "1_0", "+5", "5.", ".5", "1e99", "1e999999999", "0.99999999999999999999999999999999"]
        {
            assert_eq!(Decimal::from_field(text), Err(Problem::Value(ValueError::NotADecimal)), "{text}");
        }
    }
}
