//! Currency codes.

use std::fmt;
use std::str::FromStr;

pub use ottpay_vocabulary::CurrencyError;
use ottpay_vocabulary::{ValueError, currency};

use super::convert::{FieldText, FromField, IntoField};
use super::problem::Problem;

/// An ISO 4217 currency code, such as `CAD`. Any three letters are accepted; a currency that the standard lists also
/// has a number of decimals.
///
/// ```
/// # use ottpay_runtime::Currency;
/// let currency: Currency = "cad".parse()?;
/// assert_eq!(currency, Currency::CAD);
/// assert_eq!((currency.as_ref(), Currency::try_from("CAD")), ("CAD", Ok(currency)));
/// # Ok::<(), ottpay_runtime::CurrencyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Canadian dollar.
    pub const CAD: Self = Self(*b"CAD");
    /// US dollar.
    pub const USD: Self = Self(*b"USD");
    /// Renminbi.
    pub const CNY: Self = Self(*b"CNY");
    /// Yen, which has no decimals.
    pub const JPY: Self = Self(*b"JPY");

    /// Creates a currency from its code. Case and surrounding whitespace are ignored.
    ///
    /// # Errors
    /// [`CurrencyError`] if it is not three letters.
    pub fn new(code: &str) -> Result<Self, CurrencyError> {
        currency::parse(code).map(Self)
    }

    /// Returns the code, in upper case.
    pub fn code(&self) -> &str {
        // Always ASCII letters.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns the number of decimals according to ISO 4217: 2 for CAD, 0 for JPY.
    pub fn decimals(self) -> Option<u8> {
        let decimals = iso_currency::Currency::from_code(self.code())?.exponent()?;
        u8::try_from(decimals).ok()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl AsRef<str> for Currency {
    fn as_ref(&self) -> &str {
        self.code()
    }
}

/// See [`Currency::new`].
impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::new(code)
    }
}

/// See [`Currency::new`].
impl TryFrom<&str> for Currency {
    type Error = CurrencyError;

    fn try_from(code: &str) -> Result<Self, Self::Error> {
        Self::new(code)
    }
}

/// See [`Currency::new`].
impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::new(&code)
    }
}

impl IntoField<Currency> for Currency {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(self.code());
        Ok(())
    }
}

impl FromField for Currency {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Self::new(text).map_err(|_| Problem::Value(ValueError::NotACurrency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_knows_the_decimals() {
        for (code, decimals) in [("CAD", Some(2)), ("usd", Some(2)), ("JPY", Some(0)), ("KWD", Some(3)), ("ZZZ", None)]
        {
            assert_eq!(Currency::new(code).unwrap().decimals(), decimals, "{code}");
        }
        for code in ["", "CA", "CADX", "C4D", "C$D", "çad"] {
            assert_eq!(Currency::new(code), Err(CurrencyError), "{code}");
        }
    }

    #[test]
    fn a_currency_is_a_string_by_its_code() {
        assert_eq!(AsRef::<str>::as_ref(&Currency::CAD), "CAD");
    }
}
