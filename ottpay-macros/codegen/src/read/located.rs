//! A value and its position in a file.

use crate::diagnostic::Position;

/// A value and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The position.
    pub at: Position,
}

/// Returns the string of a key, or an empty one if the key is missing, which has been reported.
pub(crate) fn text_or_empty(located: Option<Located<String>>) -> String {
    located.map(|located| located.value).unwrap_or_default()
}
