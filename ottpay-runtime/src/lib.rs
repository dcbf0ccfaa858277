//! The runtime of the code that `ottpay` generates: envelope, transport, callbacks, errors and field types.
//!
//! A shop depends on the crate `ottpay`, which re-exports what it needs from this crate. Data takes this path:
//! [`request`] holds field values in the order of the digest, [`envelope`] seals them, [`transport`] posts them,
//! [`client`] puts the three together, and [`reply`] reads typed fields from what [`envelope`] has opened and verified.
//!
//! The features are those of `ottpay`, which documents them.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod callback;
pub mod client;
mod encoding;
pub mod envelope;
pub mod error;
mod field;
pub mod incoming;
mod key;
pub mod link;
pub mod observation;
pub mod payment;
#[doc(hidden)]
pub mod private;
mod redaction;
pub mod reply;
pub mod request;
mod sender;
pub mod spec;
#[cfg(feature = "serde")]
pub mod stored;
pub mod transport;

pub use callback::{AlteredCallback, CallbackError};
pub use client::{Asking, Client, ClientBuilder, ConfigError, Retry, Sending};
pub use envelope::{Cipher, Framing, Iv, Sealed};
pub use error::{AskError, Error, Outcome, OutcomeError};
pub use field::{
    Amount, AmountError, CheckoutId, Currency, CurrencyError, DateTime, Decimal, FromField, IdError, IntoField, Money,
    MoneyError, OrderId, Problem, Rate, RateError, RefundId, StatusClass, Timestamp, TimestampError, Url, UrlError,
    ValueError, Word,
};
pub use key::{SignKey, SignKeyError};
pub use link::QueryError;
pub use ottpay_vocabulary::AcknowledgementError;
pub use spec::Acknowledgement;
