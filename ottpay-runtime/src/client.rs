//! The client: one non-generic path from a request's values to a verified reply.

mod asking;
mod builder;
mod config_error;
mod connection;
mod exchange;
mod keys;
mod retry;
mod send;
mod sending;
mod settings;
pub(crate) mod underway;

pub use asking::Asking;
pub use builder::ClientBuilder;
pub use config_error::ConfigError;
pub use connection::Client;
pub use retry::Retry;
pub use sending::Sending;
