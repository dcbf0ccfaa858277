//! A small HTTP server whose resources no peer can exhaust, for the sandbox of `ottpay` and for its command. It is not for
//! the public internet: TLS, by the feature `tls`, is for clients that require it.
//!
//! axum's own server accepts any number of connections and waits forever for what they send. Here each of them has one of
//! 1,024 places, which it keeps only while its request is being carried out; the head of a request is bounded in bytes and
//! time, and so is its body, if [`read_whole`] reads it.

mod body;
mod connections;
mod disconnect;
mod failures;
mod places;
mod stream;
#[cfg(feature = "tls")]
mod tls;

pub use body::{BodyError, read_whole};
#[cfg(feature = "tls")]
pub use connections::serve_tls;
pub use connections::{MAX_CONNECTIONS, serve};
pub use disconnect::Disconnect;
#[cfg(feature = "tls")]
pub use tls::{Tls, TlsError};
