//! The client: one non-generic way from a request's values to a verified reply.

mod builder;
mod connection;
mod exchange;
mod keys;
mod sending;
mod settings;

pub use builder::{ClientBuilder, ConfigError};
pub use connection::Client;
pub use sending::Sending;
