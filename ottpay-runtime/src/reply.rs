//! What comes from the gateway, after it has been opened: typed fields for what the specification names, everything
//! else by its name on the wire.

pub(crate) mod contents;
pub(crate) mod received;
pub(crate) mod typed;

pub use received::{FieldError, Outer, Received};
pub use typed::Reply;
