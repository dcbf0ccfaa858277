//! TLS for clients that insist on https.

mod certificate;
mod folder;
mod issue;
mod settings;

pub use settings::Tls;
