//! Field types: what a caller hands in, what a reply gives out, and why a value does not fit.

mod amount;
mod currency;
mod datetime;
mod number;
mod order_id;
mod timestamp;
mod url;
mod word;

use std::borrow::Cow;
use std::fmt;

pub(crate) use self::url::is_loopback;
pub use self::url::{Url, UrlError};
pub use amount::{Amount, AmountError, Money, MoneyError};
pub use currency::{Currency, CurrencyError};
pub use datetime::DateTime;
pub use number::{Decimal, Rate};
pub use order_id::{OrderId, OrderIdError};
pub use timestamp::{Timestamp, TimestampError};
pub use word::{StatusClass, Word};

use crate::info::{Charset, Limits};

/// Turns what a caller hands to a setter into the text that is sent for a field of type `T`.
pub trait IntoField<T> {
    /// The text, or why the value does not fit.
    ///
    /// # Errors
    /// [`Problem`] never holds the value itself.
    fn into_field(self) -> Result<String, Problem>;
}

/// Reads a field of a reply or callback.
pub trait FromField: Sized {
    /// Reads the text of a value; numbers come as they were written.
    ///
    /// # Errors
    /// [`Problem`] never holds the value itself.
    fn from_field(text: &str) -> Result<Self, Problem>;
}

impl IntoField<String> for String {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self)
    }
}

impl IntoField<String> for &str {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.to_owned())
    }
}

/// A reference to what fits does as well.
impl<T, V: Clone + IntoField<T>> IntoField<T> for &V {
    fn into_field(self) -> Result<String, Problem> {
        self.clone().into_field()
    }
}

impl IntoField<String> for Cow<'_, str> {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.into_owned())
    }
}

impl FromField for String {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Ok(text.to_owned())
    }
}

impl IntoField<u64> for u64 {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.to_string())
    }
}

/// A whole number however it is written, never rounded.
impl FromField for u64 {
    fn from_field(text: &str) -> Result<Self, Problem> {
        number::whole(text).ok_or(Problem::NotAnInteger)
    }
}

/// What is wrong with a value. It says what was expected and how long the value is, never what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The field is required and absent, `null` or empty.
    Missing,
    /// Not a whole number of minor units.
    NotAnAmount,
    /// Not an exchange rate times 10^8.
    NotARate,
    /// Not a decimal number.
    NotADecimal,
    /// Not an address.
    NotAUrl(UrlError),
    /// Not an order id.
    NotAnOrderId(OrderIdError),
    /// Not a currency code.
    NotACurrency,
    /// Not a whole number.
    NotAnInteger,
    /// Not a time of the form `yyyyMMddHHmmss`.
    NotATimestamp(TimestampError),
    /// Another field stands in for this one, and both are set.
    Both {
        /// The field that it stands in for.
        other: &'static str,
    },
    /// The field is given twice.
    Twice,
    /// Another action is asked for where there is none, or an empty one.
    NotAnAction,
    /// A version is asked for where there is none, or an empty one.
    NotAVersion,
    /// Neither a JSON object nor a text that holds one.
    NotAnObject,
    /// Not text in Base64.
    NotBase64,
    /// A member of an object is missing or unreadable.
    Inside {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        problem: Box<Problem>,
    },
    /// The client writes this field by itself, always with the same value.
    Constant {
        /// The value.
        value: &'static str,
    },
    /// The client writes this field by itself.
    Written,
    /// The action has no field of this name.
    NoSuchField,
    /// The action is not one that a client sends.
    NotSendable,
    /// The action is not a link.
    NotALink,
    /// The action is not one that the vendor's SDK makes.
    NotForSdk,
    /// Too short or too long, in characters.
    Length {
        /// The limits of the field.
        limits: Limits,
        /// The length of the value.
        found: usize,
    },
    /// A character that the field does not take.
    Charset(Charset),
    /// A word of the enum that this action does not take.
    NotTaken {
        /// The words it takes.
        only: &'static [&'static str],
    },
    /// Not a path of the gateway.
    NotAPath,
    /// The reply is about another order than the request.
    OtherOrder,
    /// The request was made by the client of another merchant than the one that is to send it.
    OtherMerchant,
    /// The request asks for the reply of another action, which may travel another way.
    OtherReply,
}

impl Problem {
    /// What of `limits` the text breaks.
    pub(crate) fn with_limits(limits: Limits, text: &str) -> Option<Self> {
        let found = text.chars().count();
        if !text.chars().all(|character| limits.charset.contains(character)) {
            return Some(Self::Charset(limits.charset));
        }
        (found < limits.min_len || found > limits.max_len).then_some(Self::Length { limits, found })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("required, but absent"),
            Self::NotAnAmount => f.write_str("expected a whole number of minor units"),
            Self::NotARate => f.write_str("expected a whole number, the rate times 10^8"),
            Self::NotADecimal => f.write_str("expected a decimal number"),
            Self::NotAUrl(error) => error.fmt(f),
            Self::NotAnOrderId(error) => error.fmt(f),
            Self::NotACurrency => f.write_str("expected a currency code of three letters, such as CAD"),
            Self::NotAnInteger => f.write_str("expected a whole number"),
            Self::NotATimestamp(error) => error.fmt(f),
            Self::Both { other } => write!(f, "sent instead of {other}, which is set as well"),
            Self::Twice => f.write_str("given twice"),
            Self::NotAnAction => f.write_str("expected the constant of an action that travels in an envelope"),
            Self::NotAVersion => f.write_str("expected a version such as 1.0, and an action that has one"),
            Self::NotAnObject => f.write_str("expected a JSON object, or a text that holds one"),
            Self::NotBase64 => f.write_str("expected text in Base64"),
            Self::Inside { member, problem } => write!(f, "{member}: {problem}"),
            Self::Constant { value } => write!(f, "always {value}, which the client writes"),
            Self::Written => f.write_str("the client writes it"),
            Self::NoSuchField => f.write_str("the action has no such field"),
            Self::NotSendable => f.write_str("the client does not send this: a browser or an app does"),
            Self::NotForSdk => f.write_str("this is not for the vendor's SDK"),
            Self::NotALink => f.write_str("this is sent, not opened as a link"),
            Self::Length { limits: Limits { min_len, max_len, .. }, found } => match (*min_len, *max_len) {
                (min, max) if min == max => write!(f, "expected {min} characters, got {found}"),
                (min, usize::MAX) => write!(f, "expected at least {min} characters, got {found}"),
                (0, max) => write!(f, "expected at most {max} characters, got {found}"),
                (min, max) => write!(f, "expected {min} to {max} characters, got {found}"),
            },
            Self::Charset(Charset::Digits) => f.write_str("expected digits only"),
            Self::Charset(_) => f.write_str("expected letters A-Z, a-z and digits only"),
            Self::NotTaken { only } => write!(f, "expected one of {}", only.join(", ")),
            Self::NotAPath => {
                f.write_str("expected a path such as /processV2: a slash, then letters, digits and `/-._~`")
            }
            Self::OtherOrder => f.write_str("the reply is about another order than the request"),
            Self::OtherMerchant => {
                f.write_str("the request was made for another merchant: build it with the client that sends it")
            }
            Self::OtherReply => f.write_str("the request asks for the reply of another action"),
        }
    }
}
