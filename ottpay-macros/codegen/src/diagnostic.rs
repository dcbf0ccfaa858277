//! Problems of a specification: where they are, what is wrong, what to do.

mod collector;
mod message;
mod mistake;
mod place;
mod report;

pub use collector::Diagnostics;
pub use message::{Diagnostic, Warning};
pub use mistake::Mistake;
pub use place::{Place, Position};
pub use report::{MAX_SHOWN, Report};
