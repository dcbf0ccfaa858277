//! Amounts: whole minor units, never a float; and money, which is an amount and its currency.

use std::fmt;
use std::iter::Sum;

use ottpay_vocabulary::{ValueError, number};

use super::convert::{FieldText, FromField, IntoField};
use super::currency::Currency;
use super::problem::Problem;

/// An amount of money in whole minor units: `1999` is 19.99 in a currency with two decimals, 1999 in one with none.
///
/// Messages rarely name a currency; the amount is then in the merchant's own. [`Money`] pairs an amount
/// with its currency. There is no conversion from floats, because `19.99 * 100.0` is `1998.9999999999998`.
///
/// ```
/// # use ottpay_runtime::{Amount, Currency};
/// assert_eq!(Amount::parse("19.99", Currency::CAD)?, Amount::from_minor(1999));
/// assert_eq!(Amount::parse("1999", Currency::JPY)?, Amount::from_minor(1999));
/// # Ok::<(), ottpay_runtime::AmountError>(())
/// ```
///
/// Without a currency, only the number of minor units can be displayed: `1999`. For people, display
/// [`in_currency`](Self::in_currency): `19.99 CAD`. There is neither `From<u64>` nor `FromStr`, because `20` could mean
/// dollars: [`from_minor`](Self::from_minor) and [`parse`](Self::parse) make the unit explicit.
///
/// The sum of amounts is an `Option`, which is `None` on overflow:
///
/// ```
/// # use ottpay_runtime::Amount;
/// let lines = [Amount::from_minor(1999), Amount::from_minor(1)];
/// assert_eq!(lines.iter().sum::<Option<Amount>>(), Some(Amount::from_minor(2000)));
/// assert_eq!([Amount::from_minor(u64::MAX), lines[0]].into_iter().sum::<Option<Amount>>(), None);
/// ```
///
/// Databases store whole numbers as `i64`:
///
/// ```
/// # use ottpay_runtime::{Amount, AmountError};
/// let column = i64::try_from(Amount::from_minor(1999))?;
/// assert_eq!(Amount::try_from(column)?, Amount::from_minor(1999));
/// assert_eq!(Amount::try_from(-1), Err(AmountError::Negative));
/// # Ok::<(), AmountError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u64);

impl Amount {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Creates an amount from a number of minor units (cents, fen, yen).
    pub const fn from_minor(minor: u64) -> Self {
        Self(minor)
    }

    /// Returns the number of minor units.
    pub const fn minor(self) -> u64 {
        self.0
    }

    /// Parses an amount as people write it, such as `19.99`, exactly: digits, with at most as many decimals as the
    /// currency has.
    ///
    /// # Errors
    /// [`AmountError`] if it is anything else, such as `1,999.00`, `-5`, `19.999` or `.5`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        let decimals = currency.decimals().ok_or(AmountError::UnknownCurrency { currency })?;
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(AmountError::Form),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(AmountError::Form);
        }
        if fraction.len() > usize::from(decimals) {
            return Err(AmountError::Decimals { currency, decimals });
        }
        // Zeros fill up the decimals, so that the digits are a number of minor units.
        let digits = whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(decimals.into()));
        digits
            .map(|digit| u64::from(digit - b'0'))
            .try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
            .map(Self)
            .ok_or(AmountError::TooLarge)
    }

    /// Returns the sum, or `None` on overflow.
    #[must_use = "this does not change the amount; it returns the sum"]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Returns the difference, or `None` if `other` is greater.
    #[must_use = "this does not change the amount; it returns the difference"]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Pairs the amount with a currency.
    #[must_use = "this does not change the amount; it returns the pair"]
    pub const fn in_currency(self, currency: Currency) -> Money {
        Money { amount: self, currency }
    }
}

/// Formats the number of minor units: `1999`. For people, use [`Money`].
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns the sum, or `None` on overflow.
impl Sum<Amount> for Option<Amount> {
    fn sum<I: Iterator<Item = Amount>>(mut amounts: I) -> Self {
        amounts.try_fold(Amount::ZERO, Amount::checked_add)
    }
}

/// Returns the sum, or `None` on overflow.
impl<'a> Sum<&'a Amount> for Option<Amount> {
    fn sum<I: Iterator<Item = &'a Amount>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// Converts a number of minor units, as databases store it.
impl TryFrom<i64> for Amount {
    type Error = AmountError;

    fn try_from(minor: i64) -> Result<Self, Self::Error> {
        u64::try_from(minor).map(Self).map_err(|_| AmountError::Negative)
    }
}

/// Converts to a number of minor units, as databases store it.
impl TryFrom<Amount> for i64 {
    type Error = AmountError;

    fn try_from(amount: Amount) -> Result<Self, Self::Error> {
        Self::try_from(amount.0).map_err(|_| AmountError::TooLarge)
    }
}

impl IntoField<Amount> for Amount {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        IntoField::<u64>::write_to(&self.0, text)
    }
}

/// Parses a whole number of minor units in any notation: the gateway sends `1999` as a string and as a number, and
/// `19.00` is nineteen cents. [`Amount::parse`] parses what people write.
impl FromField for Amount {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::parse_integer(text).map(Self).ok_or(Problem::Value(ValueError::NotAnAmount))
    }
}

/// An amount and its currency. Amounts in different currencies can be neither compared nor added.
///
/// Its displayed form can be parsed again:
///
/// ```
/// # use ottpay_runtime::{Currency, Money};
/// let price = Money::parse("19.99", Currency::CAD)?;
/// assert_eq!(price.to_string(), "19.99 CAD");
/// assert_eq!("19.99 CAD".parse(), Ok(price));
/// assert!(price.checked_add(Money::parse("1", Currency::USD)?).is_err());
/// # Ok::<(), ottpay_runtime::AmountError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Amount,
    currency: Currency,
}

impl Money {
    /// Parses an amount as people write it, see [`Amount::parse`].
    ///
    /// # Errors
    /// Those of [`Amount::parse`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        Ok(Amount::parse(text, currency)?.in_currency(currency))
    }

    /// Returns the amount without the currency, as on the wire.
    pub const fn amount(self) -> Amount {
        self.amount
    }

    /// Returns the currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Returns the sum.
    ///
    /// # Errors
    /// [`MoneyError`] if the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, Amount::checked_add)
    }

    /// Returns the difference.
    ///
    /// # Errors
    /// [`MoneyError`] if the currencies differ or `other` is greater.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, Amount::checked_sub)
    }

    fn combine(self, other: Self, with: fn(Amount, Amount) -> Option<Amount>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies { left: self.currency, right: other.currency });
        }
        Ok(with(self.amount, other.amount).ok_or(MoneyError::OutOfRange)?.in_currency(self.currency))
    }
}

/// Why a string is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// The string does not consist of digits with at most one point between them.
    #[error("expected an amount such as 19.99: digits, with a point before the decimals")]
    Form,
    /// The amount has more decimals than the currency.
    #[error("expected at most {decimals} decimals for {currency}, found more")]
    Decimals {
        /// The currency.
        currency: Currency,
        /// Its number of decimals.
        decimals: u8,
    },
    /// The number of minor units does not fit in 64 bits.
    #[error("the amount is too large")]
    TooLarge,
    /// The number of minor units is negative.
    #[error("the amount is below zero")]
    Negative,
    /// The string is not an amount and its currency.
    #[error("expected an amount and its currency, such as 19.99 CAD")]
    NotMoney,
    /// ISO 4217 does not list the currency, or defines no number of decimals for it.
    #[error("unknown number of decimals of {currency}: pass the amount in minor units")]
    UnknownCurrency {
        /// The currency.
        currency: Currency,
    },
}

/// Why two amounts cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The currencies differ.
    #[error("cannot combine {left} with {right}")]
    Currencies {
        /// Currency of the left amount.
        left: Currency,
        /// Currency of the right amount.
        right: Currency,
    },
    /// The result is negative or too large.
    #[error("the result is negative or too large")]
    OutOfRange,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn every_cent_value_survives_the_way_through_text() {
        for minor in 0..=20_000 {
            let text = Amount::from_minor(minor).in_currency(Currency::CAD).to_string();
            let number = text.strip_suffix(" CAD").unwrap();
            assert_eq!(Amount::parse(number, Currency::CAD), Ok(Amount::from_minor(minor)), "{text}");
        }
    }

    /// Numbers near every power of two and ten, and others.
    pub(in crate::field) fn amounts() -> impl Iterator<Item = Amount> {
        let powers = (0..64).map(|exponent| 1_u64 << exponent).chain((0..20).map(|exponent| 10_u64.pow(exponent)));
        let near = powers.flat_map(|power| [power - 1, power, power.saturating_add(1)]).chain([u64::MAX]);
        let mut state = 14_u64;
        let others = (0..500).map(move |index| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> (index % 64)
        });
        near.chain(others).map(Amount::from_minor)
    }

    #[test]
    fn amounts_are_read_back_from_a_database_or_refused() {
        for amount in amounts() {
            match i64::try_from(amount) {
                Ok(column) => assert_eq!(Amount::try_from(column), Ok(amount)),
                Err(error) => assert!(error == AmountError::TooLarge && amount.minor() > i64::MAX.unsigned_abs()),
            }
        }
        for below in [-1, i64::MIN] {
            assert_eq!(Amount::try_from(below), Err(AmountError::Negative));
        }
        assert_eq!(
            format!("{} {:>6} {:06}", Amount::ZERO, Amount::from_minor(1999), Amount::from_minor(5)),
            "0   1999 000005"
        );
    }

    #[test]
    fn a_sum_is_right_or_nothing() {
        let mut expected = 0_u128;
        let mut summed = Vec::new();
        for amount in amounts() {
            expected += u128::from(amount.minor());
            summed.push(amount);
            let sum: Option<Amount> = summed.iter().sum();
            assert_eq!(sum, u64::try_from(expected).ok().map(Amount::from_minor));
        }
        assert_eq!(summed.into_iter().sum::<Option<Amount>>(), None);
        assert_eq!(std::iter::empty::<Amount>().sum::<Option<Amount>>(), Some(Amount::ZERO));
    }

    #[test]
    fn the_currency_decides_how_many_decimals_there_are() {
        assert_eq!(Amount::parse("5", Currency::CAD), Ok(Amount::from_minor(500)));
        assert_eq!(Amount::parse("5.5", Currency::CAD), Ok(Amount::from_minor(550)));
        assert_eq!(Amount::parse("5", Currency::JPY), Ok(Amount::from_minor(5)));
        let yen = AmountError::Decimals { currency: Currency::JPY, decimals: 0 };
        assert_eq!(Amount::parse("5.0", Currency::JPY), Err(yen));
        let dinar = Currency::new("KWD").unwrap();
        assert_eq!(Amount::parse("1.234", dinar), Ok(Amount::from_minor(1234)));
        let unknown = Currency::new("ZZZ").unwrap();
        assert_eq!(Amount::parse("1", unknown), Err(AmountError::UnknownCurrency { currency: unknown }));
    }

    #[test]
    fn an_invalid_amount_is_refused() {
        for text in ["", ".", ".5", "5.", "-5", "+5", "1,999.00", "1 000", "1_000", "1e3", "٣", "5.0.0", " 5"] {
            assert_eq!(Amount::parse(text, Currency::CAD), Err(AmountError::Form), "{text:?}");
        }
        assert!(matches!(Amount::parse("19.999", Currency::CAD), Err(AmountError::Decimals { .. })));
        assert_eq!(Amount::parse("184467440737095516.15", Currency::CAD), Ok(Amount::from_minor(u64::MAX)));
        assert_eq!(Amount::parse("184467440737095516.16", Currency::CAD), Err(AmountError::TooLarge));
    }

    #[test]
    fn received_amounts_may_be_written_as_any_whole_number() {
        for text in ["100", "100.00", "1E2", "1.0e2", "0100"] {
            assert_eq!(Amount::from_field(text), Ok(Amount::from_minor(100)), "{text}");
        }
        assert_eq!(Amount::from_field("18446744073709551615.0e0"), Ok(Amount::from_minor(u64::MAX)));
        let long = format!("1{}e-100", "0".repeat(100));
        assert_eq!(Amount::from_field(&long), Ok(Amount::from_minor(1)));
        // Never rounded, whatever the exponent.
        for text in
            ["0.99999999999999999999999999999999e2", "1234.00000000000000000000000001e0", "18446744073709551616"]
        {
            assert_eq!(Amount::from_field(text), Err(Problem::Value(ValueError::NotAnAmount)), "{text}");
        }
        for text in ["+5", "5.", ".5e1", "1e-+0", "1e", "1e999999999", "1e-999999999", "--1"] {
            assert_eq!(Amount::from_field(text), Err(Problem::Value(ValueError::NotAnAmount)), "{text}");
        }
        for text in ["", "1.5", "-1", "abc", "1_0", "1e40", "0x10", "NaN", "1e-1", " 1"] {
            assert_eq!(Amount::from_field(text), Err(Problem::Value(ValueError::NotAnAmount)), "{text}");
        }
    }
}
