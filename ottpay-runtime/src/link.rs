//! Plain links, which the buyer's browser opens. Nothing is sealed and nothing is posted.

pub(crate) mod address;
pub(crate) mod browser;
pub(crate) mod query;

pub use address::write;
pub use query::{QueryError, find_loose_base64, read};
