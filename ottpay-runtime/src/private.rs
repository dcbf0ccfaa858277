//! Items that only generated code uses. Not part of the public interface: `ottpay` re-exports them as `__private`.

// Re-exported because generated code names them often, and a short path has fewer tokens.
pub use std::marker::PhantomData;
pub use std::option::Option;
pub use std::string::String;

pub use crate::link::browser::parse_return;
pub use crate::reply::contents::Contents;
pub use crate::reply::typed::{Arrived, Typed, parse_nested, way};
pub use crate::request::declared::Declared;
pub use crate::request::draft::Draft;
pub use crate::request::untracked::Parameters;
#[cfg(feature = "serde")]
pub use crate::stored::{
    Restore, Restored, WithSensitive, deserialize_word, request_with_sensitive, serialize_received, serialize_request,
    serialize_word, with_sensitive,
};
#[cfg(feature = "serde")]
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod unnameable {
    pub trait Unnameable {}
}

/// A trait that no type implements or can implement.
pub trait Nobody: unnameable::Unnameable {}

/// Never implemented for statuses: its error explains why a status has no `is_paid`.
#[diagnostic::on_unimplemented(
    message = "a status does not prove that an order is paid, so `{Self}` has no `is_paid`",
    label = "match on `.class()` instead",
    note = "`Refunded` and `PartiallyRefunded` orders were paid as well, `Authorised` money is only reserved, and `Unknown` is \
            neither paid nor unpaid",
    note = "a callback is only a reason to query the order; compare the amount of the query's reply with what was asked"
)]
pub trait ProvesPayment: Nobody {}
