//! TLS for clients that require https.

mod certificate;
mod folder;
mod issue;
mod settings;

pub use settings::Tls;
