//! Explains text that is not YAML: undoes one slip after the other that people make, and reports the one without which the
//! file is right. The parser alone can only name the place at which it gives up.

mod indentation;
mod lines;
mod quotes;
mod repair;
mod search;
mod signs;

pub(super) use repair::{Slip, Verdict};
pub(super) use search::find_slip;
