//! Problems of a specification: their position, description and correction.

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
