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

/// The text of a key; empty if the key is missing, which reading has reported.
pub(crate) fn text_or_empty(located: Option<Located<String>>) -> String {
    located.map(|located| located.value).unwrap_or_default()
}
