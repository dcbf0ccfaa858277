//! Field types: the values that a caller passes and a reply returns, and why a value does not fit.

mod amount;
mod convert;
mod currency;
mod datetime;
mod id;
mod money;
mod number;
mod problem;
mod timestamp;
mod url;
mod word;

pub use self::url::{Url, UrlError};
pub use amount::{Amount, AmountError, Money, MoneyError};
pub use convert::{FieldText, FromField, IntoField};
pub use currency::{Currency, CurrencyError};
pub use datetime::DateTime;
pub(crate) use datetime::parse_date_time;
pub use id::{CheckoutId, IdError, OrderId, RefundId};
pub use number::{Decimal, Rate, RateError};
pub use ottpay_vocabulary::{StatusClass, ValueError};
pub use problem::Problem;
pub use timestamp::{Timestamp, TimestampError};
pub use word::Word;
