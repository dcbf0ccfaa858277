//! Storing and logging with `serde`: the forms of values, and of messages that are sent and received. Requires the
//! feature `serde`.
//!
//! | type | form |
//! |---|---|
//! | [`Amount`](crate::Amount) | a whole number of minor units, `1999` |
//! | [`Money`](crate::Money) | a map, `{"amount":1999,"currency":"CAD"}` |
//! | [`Currency`](crate::Currency), [`Timestamp`](crate::Timestamp), [`DateTime`](crate::DateTime), [`Url`](crate::Url), ids | a string |
//! | [`Rate`](crate::Rate) | a string, the rate itself: `"6.5"` |
//! | [`Decimal`](crate::Decimal) | the form of `rust_decimal`: a string |
//! | enum values | a string, the value on the wire |
//! | [`Outcome`](crate::Outcome) | a string, `"not_sent"` |
//! | finished requests | a map of `action`, `merchant_id`, `fields` and `hidden`; deserialized as a [`StoredRequest`] |
//! | replies, callbacks, objects in them, browser returns | a map of names on the wire; only serialized |
//!
//! Money is never a float: `19.99`, `-5` and `"1999"` are not amounts.
//!
//! Replies and callbacks cannot be deserialized: only the client creates them. Values that are hidden in their `Debug`
//! output, and in that of requests, are hidden here, too, unless [`WithSensitive`] is used. A request with hidden
//! values cannot be restored:
//!
//! ```
//! # extern crate ottpay_runtime as ottpay;
//! # use ottpay::stored::{Restore, StoredRequest};
//! # use ottpay::request::Request;
//! # fn store(request: &impl serde::Serialize) -> serde_json::Result<String> {
//! serde_json::to_string(request) // or `&request.with_sensitive()`
//! # }
//! # fn restart<ActivePay: Restore>(client: &ottpay::Client, text: &str) -> Result<ActivePay, Box<dyn std::error::Error>> {
//! let stored: StoredRequest = serde_json::from_str(text)?;
//! let request: ActivePay = stored.restore(client)?;
//! # Ok(request)
//! # }
//! ```

mod received;
mod request;
mod sensitive;
mod text;
mod values;

#[doc(hidden)]
pub use received::serialize_received;
pub use request::{Restore, StoredRequest};
#[doc(hidden)]
pub use request::{Restored, serialize_request};
pub use sensitive::WithSensitive;
#[doc(hidden)]
pub use sensitive::{request_with_sensitive, with_sensitive};
#[doc(hidden)]
pub use text::{deserialize_word, serialize_word};
