//! Money as a string: `19.99 CAD`; and its order.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use ottpay_vocabulary::number;

use super::amount::{Amount, AmountError, Money};
use super::currency::Currency;

/// Amounts in different currencies are not ordered.
impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency() == other.currency()).then(|| self.amount().cmp(&other.amount()))
    }
}

/// Formats the amount as `19.99 CAD`, or as `1999 minor units of XYZ` if the number of decimals is unknown.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minor, currency) = (self.amount().minor(), self.currency());
        match currency.decimals() {
            None => write!(f, "{minor}{MINOR_UNITS} {currency}"),
            Some(0) => write!(f, "{minor} {currency}"),
            Some(decimals) => {
                let scale = 10_u64.pow(decimals.into());
                write!(f, "{}.{:0width$} {currency}", minor / scale, minor % scale, width = decimals.into())
            }
        }
    }
}

/// Parses the displayed form: `19.99 CAD` or `1999 minor units of XYZ`. [`Amount::parse`] parses the number. Spaces
/// around the string and the case of the currency are ignored.
impl FromStr for Money {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Split at the last space, because ` minor units of` has spaces, too.
        let (amount, code) = text.trim().rsplit_once(' ').ok_or(AmountError::NotMoney)?;
        let currency = Currency::new(code).map_err(|_| AmountError::NotMoney)?;
        match amount.strip_suffix(MINOR_UNITS) {
            None => Self::parse(amount, currency),
            Some(minor) if !number::is_digits(minor) => Err(AmountError::Form),
            Some(minor) => {
                let minor = minor.parse().map_err(|_| AmountError::TooLarge)?;
                Ok(Amount::from_minor(minor).in_currency(currency))
            }
        }
    }
}

impl TryFrom<&str> for Money {
    type Error = AmountError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The text between a number of minor units and a currency with an unknown number of decimals.
const MINOR_UNITS: &str = " minor units of";

#[cfg(test)]
mod tests {
    use super::super::amount::MoneyError;
    use super::super::amount::tests::amounts;
    use super::*;

    #[test]
    fn every_money_is_parsed_from_its_display_form() {
        for code in ["CAD", "JPY", "KWD", "CLF", "XAU", "ZZZ"] {
            let currency = Currency::new(code).unwrap();
            for amount in amounts() {
                let money = amount.in_currency(currency);
                let text = money.to_string();
                assert_eq!(text.parse(), Ok(money), "{text}");
                assert!(Money::try_from(format!(" {} ", text.to_lowercase()).as_str()).is_ok(), "{text}");
            }
        }
        for (text, minor) in [("19 CAD", 1900), ("19.9 CAD", 1990), ("019.99 CAD", 1999)] {
            assert_eq!(text.parse(), Ok(Amount::from_minor(minor).in_currency(Currency::CAD)), "{text}");
        }
        for (text, error) in [
            ("19.99", AmountError::NotMoney),
            ("CAD", AmountError::NotMoney),
            ("19.99CAD", AmountError::NotMoney),
            ("19.99 C$", AmountError::NotMoney),
            ("", AmountError::NotMoney),
            ("1,999 CAD", AmountError::Form),
            ("-5 CAD", AmountError::Form),
            ("- minor units of CAD", AmountError::Form),
            ("19.99 minor units of CAD", AmountError::Form),
            ("19.999 CAD", AmountError::Decimals { currency: Currency::CAD, decimals: 2 }),
            ("18446744073709551616 minor units of CAD", AmountError::TooLarge),
        ] {
            assert_eq!(text.parse::<Money>(), Err(error), "{text}");
        }
    }

    #[test]
    fn currencies_do_not_mix() {
        let (cad, usd) =
            (Amount::from_minor(1).in_currency(Currency::CAD), Amount::from_minor(1).in_currency(Currency::USD));
        assert_ne!(cad, usd);
        assert_eq!(cad.partial_cmp(&usd), None);
        assert!(matches!(cad.checked_add(usd), Err(MoneyError::Currencies { .. })));
        assert_eq!(cad.checked_sub(cad).map(Money::amount), Ok(Amount::ZERO));
        assert_eq!(Amount::from_minor(1999).in_currency(Currency::JPY).to_string(), "1999 JPY");
    }
}
