//! A slip and its repair, as the search and its candidates share them.

use std::cmp::Reverse;

use crate::diagnostic::Mistake;

/// A slip: its position, description and correction.
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

/// A candidate: a line without its slip.
#[derive(Debug)]
pub(super) struct Repair {
    pub(super) slip: Slip,
    /// The corrected line; it may contain a line break.
    pub(super) line: String,
}

/// The reader's verdict on a text; the smallest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Verdict {
    /// It is valid YAML, with this many problems.
    Parsed(usize),
    /// It is not valid; the parser fails at this line, from 0.
    StopsAt(Reverse<usize>),
}
