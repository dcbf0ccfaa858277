//! A slip, undone: what is shared by the search and by what it tries.

use std::cmp::Reverse;

use crate::diagnostic::Mistake;

/// A slip: where it is, what it is, and how to undo it.
#[derive(Debug, Clone)]
pub(in crate::read) struct Slip {
    /// From 0.
    pub(in crate::read) line: usize,
    /// In characters, from 0.
    pub(in crate::read) column: usize,
    pub(in crate::read) mistake: Mistake,
    pub(in crate::read) message: String,
    pub(in crate::read) help: String,
}

/// What to try: a line without its slip.
#[derive(Debug)]
pub(super) struct Repair {
    pub(super) slip: Slip,
    /// The line as it would be right; it may have become two.
    pub(super) line: String,
}

/// The reader's verdict on a text; the least is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Verdict {
    /// It is YAML, and has so many problems.
    Parsed(usize),
    /// It is not, and the parser gives up at this line, from 0.
    StopsAt(Reverse<usize>),
}
