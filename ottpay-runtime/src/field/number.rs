//! Exact decimal numbers: exchange rates, and the whole numbers behind amounts.

use std::fmt;

pub use rust_decimal::Decimal;

use super::{FromField, Problem};

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
        whole(text).map(Self).ok_or(Problem::NotARate)
    }
}

impl FromField for Decimal {
    fn from_field(text: &str) -> Result<Self, Problem> {
        decimal(text).ok_or(Problem::NotADecimal)
    }
}

/// A whole number that is not negative, however it is written: `100`, `100.00`, `1E2`. Never rounded.
pub(super) fn whole(text: &str) -> Option<u64> {
    let Number { negative, digits, scale } = Number::read(text)?;
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // How many zeros follow the significant digits; fewer than none means that a fraction is left.
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?.checked_sub(scale)?;
    let factor = 10_u64.checked_pow(u32::try_from(zeros).ok()?)?;
    let value: u64 = significant.parse().ok()?;
    value.checked_mul(factor).filter(|_| !negative)
}

/// A decimal that fits without rounding.
fn decimal(text: &str) -> Option<Decimal> {
    let Number { negative, digits, scale } = Number::read(text)?;
    let (digits, scale) = match u32::try_from(scale) {
        Ok(scale) => (digits, scale),
        // `1E2`: the zeros are written out, as far as a decimal can have digits at all.
        Err(_) => (digits + &"0".repeat(usize::try_from(scale.checked_neg()?).ok().filter(|zeros| *zeros < 30)?), 0),
    };
    let value: i128 = digits.parse().ok()?;
    Decimal::try_from_i128_with_scale(if negative { -value } else { value }, scale).ok()
}

/// A number by JSON's grammar, leading zeros allowed: its digits, and how many of them stand behind the point.
struct Number {
    negative: bool,
    digits: String,
    scale: i64,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.strip_prefix('+').unwrap_or(exponent).parse::<i32>().ok()?)
            }
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = format!("{whole}{fraction}");
        if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.into())?;
        Some(Self { negative, digits, scale })
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
        assert_eq!(Rate::from_field("6.5"), Err(Problem::NotARate));
        assert_eq!(Rate::from_e8(u64::MAX).to_string(), "184467440737.09551615");
    }

    #[test]
    fn decimals_keep_their_written_precision() {
        assert_eq!(Decimal::from_field("5.24740000").unwrap().to_string(), "5.24740000");
        assert_eq!(Decimal::from_field("-1.5e2").unwrap().to_string(), "-150");
        for text in
            ["", "five", "1/2", "1_0", "+5", "5.", ".5", "1e99", "1e999999999", "0.99999999999999999999999999999999"]
        {
            assert_eq!(Decimal::from_field(text), Err(Problem::NotADecimal), "{text}");
        }
    }
}
