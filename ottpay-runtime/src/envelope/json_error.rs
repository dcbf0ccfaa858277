//! Why a text is not a usable JSON object.

/// Why a text is not a usable JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// Also half of a surrogate pair without a replacement.
    NotJson,
    NotObject,
    TooDeep,
    TooMany,
    Duplicate,
}
