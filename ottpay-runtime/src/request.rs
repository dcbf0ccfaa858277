//! Requests: field values in the order of the digest, from the first setter to the envelope.

mod any;
pub(crate) mod declared;
pub(crate) mod draft;
mod invalid;
mod state;
mod values;

pub use any::AnyRequest;
pub use declared::Request;
pub use invalid::InvalidRequest;
pub use state::{Set, Unset};
pub use values::Values;
