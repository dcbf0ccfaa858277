//! Exact decimal numbers: exchange rates, and the whole numbers behind amounts.

use std::fmt;

pub use rust_decimal::Decimal;

use ottpay_vocabulary::{ValueError, number};

use super::convert::FromField;
use super::problem::Problem;

/// An exchange rate to CNY times 10^8, as the exchange rate query gives it: `650000000` is 6.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// A rate times 10^8.
    pub const fn from_e8(e8: u64) -> Self {
        Self(e8)
    }

    /// The rate times 10^8, as on the wire.
    pub const fn e8(self) -> u64 {
        self.0
    }

    /// The rate itself, exactly.
    pub fn to_decimal(self) -> Decimal {
        Decimal::from_i128_with_scale(self.0.into(), 8).normalize()
    }
}

/// The rate itself: `6.5`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().fmt(f)
    }
}

impl FromField for Rate {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::whole(text).map(Self).ok_or(Problem::Value(ValueError::NotARate))
    }
}

impl FromField for Decimal {
    fn from_field(text: &str) -> Result<Self, Problem> {
        let decimal =
            number::decimal(text).and_then(|(value, scale)| Self::try_from_i128_with_scale(value, scale).ok());
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
