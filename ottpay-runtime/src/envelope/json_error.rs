//! Why a text is not a usable JSON object.

/// Why a text is not a usable JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// Or half of a surrogate pair, and nothing to stand in for it.
    NotJson,
    NotObject,
    TooDeep,
    TooMany,
    Duplicate,
}
