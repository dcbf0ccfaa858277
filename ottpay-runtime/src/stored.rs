//! What a shop stores or logs by `serde`: the forms of values, and of what is sent and received. Behind the feature `serde`.
//!
//! | type | form |
//! |---|---|
//! | [`Amount`](crate::Amount) | a whole number of minor units, `1999` |
//! | [`Money`](crate::Money) | a map, `{"amount":1999,"currency":"CAD"}` |
//! | [`Currency`](crate::Currency), [`Timestamp`](crate::Timestamp), [`DateTime`](crate::DateTime), [`Url`](crate::Url), ids | a string |
//! | [`Rate`](crate::Rate) | a string, the rate itself: `"6.5"` |
//! | [`Decimal`](crate::Decimal) | as `rust_decimal` has it: a string |
//! | words | a string, the word on the wire |
//! | [`Outcome`](crate::Outcome) | a string, `"not_sent"` |
//! | replies, callbacks, objects in them, browser returns | a map of names on the wire; written only |
//!
//! Money is never a float: `19.99`, `-5` and `"1999"` are not amounts.
//!
//! Replies and callbacks cannot be read: only the client makes one. Their sensitive fields are hidden, as `Debug` hides
//! them, unless [`WithSensitive`] is asked for.

mod received;
mod text;
mod values;

pub use received::WithSensitive;
#[doc(hidden)]
pub use received::{serialize_received, with_sensitive};
#[doc(hidden)]
pub use text::{deserialize_word, serialize_word};
