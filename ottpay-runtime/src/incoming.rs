//! The single entry point: every message that arrives is opened here, whether it is a reply, a callback or a request.

mod fields;
mod problem;
mod recipient;

pub use problem::MessageProblem;
pub use recipient::{OpenedCallback, OpenedRequest, Recipient};
