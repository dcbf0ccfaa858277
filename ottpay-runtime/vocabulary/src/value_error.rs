//! Why a string is not a value of its field.

use std::fmt;

use crate::{Charset, CurrencyError, IdError, Limits, TimestampError, UrlError};

/// Why a string is not a valid value of its field. It states what was expected and the length of the value, but never
/// the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The field requires a value, but the string is empty.
    Empty,
    /// The integer does not fit in 64 bits.
    TooLarge,
    /// Not a whole number of minor units.
    NotAnAmount,
    /// Not an exchange rate times 10^8.
    NotARate,
    /// Not a decimal number.
    NotADecimal,
    /// Not a whole number.
    NotAnInteger,
    /// Not a URL.
    NotAUrl(UrlError),
    /// Not an id of an order, a refund or a Checkout page.
    NotAnId(IdError),
    /// Not a currency code.
    NotACurrency,
    /// Not a time of the form `yyyyMMddHHmmss`.
    NotATimestamp,
    /// Too short or too long, in characters.
    Length {
        /// The limits of the field.
        limits: Limits,
        /// The length of the value.
        found: usize,
    },
    /// A character that the field does not accept.
    Charset(Charset),
    /// Not one of the values that this action accepts.
    NotOneOf {
        /// The values that it accepts.
        accepted: Box<[Box<str>]>,
    },
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("required, but empty"),
            Self::TooLarge => f.write_str("the number is too large"),
            Self::NotAnAmount => f.write_str("expected a whole number of minor units"),
            Self::NotARate => f.write_str("expected a whole number, the rate times 10^8"),
            Self::NotADecimal => f.write_str("expected a decimal number"),
            Self::NotAnInteger => f.write_str("expected a whole number"),
            Self::NotAUrl(error) => error.fmt(f),
            Self::NotAnId(error) => error.fmt(f),
            Self::NotACurrency => CurrencyError.fmt(f),
            Self::NotATimestamp => TimestampError.fmt(f),
            Self::Length { limits: Limits { min_len, max_len, .. }, found } => match (*min_len, *max_len) {
                (min, max) if min == max => write!(f, "expected {min} characters, got {found}"),
                (min, usize::MAX) => write!(f, "expected at least {min} characters, got {found}"),
                (0, max) => write!(f, "expected at most {max} characters, got {found}"),
                (min, max) => write!(f, "expected {min} to {max} characters, got {found}"),
            },
            Self::Charset(Charset::Digits) => f.write_str("expected digits only"),
            Self::Charset(_) => f.write_str("expected letters A-Z, a-z and digits only"),
            Self::NotOneOf { accepted } => write!(f, "expected one of {}", accepted.join(", ")),
        }
    }
}

impl std::error::Error for ValueError {}
