//! Requests: field values in the order of the digest, from the first setter to the envelope.

mod any;
mod any_query;
mod any_request;
pub(crate) mod declared;
pub(crate) mod draft;
mod invalid;
mod state;
pub(crate) mod untracked;
mod values;

pub use crate::field::FieldText;
#[cfg(feature = "serde")]
pub(crate) use any::draft_fields;
pub use any_query::AnyQuery;
pub use any_request::AnyRequest;
pub use declared::{Read, Request, Write};
pub use invalid::InvalidRequest;
pub use state::{NotWaived, OwnId, Set, Unset, Waived};
pub use untracked::Untracked;
pub use values::Values;
