//! Messages from the gateway after they have been opened: typed fields for what the specification declares, and
//! everything else by its name on the wire.

pub(crate) mod contents;
pub(crate) mod received;
pub(crate) mod typed;

pub use received::{FieldError, Outer, Received};
pub use typed::Reply;
