//! A small HTTP server that limits what each peer can use, for the sandbox of `ottpay` and for its command.
//!
//! It is not meant for the public internet: TLS (feature `tls`) is for clients that require https.
//!
//! axum's own server accepts any number of connections and waits indefinitely for their data. This server has 1,024
//! places for connections, and a connection is sure of its place only while its request is being carried out. The head
//! of a request is limited in size and time, and so is its body if [`read_whole`] reads it.

#![cfg_attr(docsrs, feature(doc_cfg))]

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
