//! The third step: turns the checked model into Rust, as static data and plain calls. It cannot fail, and the same
//! model always generates the same tokens.

mod action;
mod client;
mod compiled_spec;
mod docs;
mod enums;
mod kept;
mod library;
mod paths;
mod received;
mod request;
mod specification;
mod stored;
mod types;
mod variants;

pub(crate) use action::emit_action;
pub(crate) use library::name_library;
pub(crate) use specification::emit_specification;
