//! A value that remembers where it was written.

use crate::diagnostic::Position;

/// A value and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is.
    pub at: Position,
}
