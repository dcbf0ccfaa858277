//! A small HTTP server that no peer can use up, for the sandbox of `ottpay` and for its command. Not for the public
//! internet: there is no TLS.
//!
//! axum's own server accepts any number of connections and waits for ever for what they send. Here each of them has one of
//! 1,024 places, which it keeps only while its request is being carried out; the head of a request is bounded in bytes and
//! time, and so is its body, if [`read_whole`] reads it.

mod body;
mod connections;
mod disconnect;
mod failures;
mod places;

pub use body::{BodyError, read_whole};
pub use connections::{MAX_CONNECTIONS, serve};
pub use disconnect::Disconnect;
