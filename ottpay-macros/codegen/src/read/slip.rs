//! Explains invalid YAML: undoes common slips one at a time, and reports the one whose repair makes the file valid. The
//! parser alone can only name the position at which it fails.

mod indentation;
mod lines;
mod quotes;
mod repair;
mod search;
mod signs;

pub(super) use repair::{Slip, Verdict};
pub(super) use search::find_slip;
