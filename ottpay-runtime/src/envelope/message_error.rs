//! Why a body is not a message.

use super::json_error::JsonError;

/// Why a body is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The body contains only whitespace.
    #[error("expected a JSON object, but the body is empty")]
    Empty,
    /// Not JSON, and not UTF-8 either.
    #[error("expected JSON text in UTF-8, but the body has other bytes")]
    NotText,
    /// HTML or XML.
    #[error("expected a JSON object, but the body is an HTML or XML page")]
    Markup,
    /// Neither JSON nor Base64 of JSON.
    #[error("expected a JSON object, or Base64 of one; the body is neither, or was truncated")]
    NotJson,
    /// JSON, but a list or a string; or Base64 of JSON that is not an object.
    #[error("expected a JSON object, but the body is another kind of JSON value")]
    NotObject,
    /// More than 500 members of a message without an envelope.
    #[error("expected at most 500 members, but the body has more")]
    TooManyMembers,
    /// Two members with the same name, where it matters which of them counts.
    #[error("the body has two members with the same name")]
    DuplicateMember,
    /// A response code or a merchant that is neither a string nor a number, or not well-formed.
    #[error("expected a string in `{member}`, found something else")]
    Malformed {
        /// The member.
        member: &'static str,
    },
}

impl From<JsonError> for MessageError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::NotJson | JsonError::TooDeep => Self::NotJson,
            JsonError::NotObject => Self::NotObject,
            JsonError::TooMany => Self::TooManyMembers,
            JsonError::Duplicate => Self::DuplicateMember,
        }
    }
}
