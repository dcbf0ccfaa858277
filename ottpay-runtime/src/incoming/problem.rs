//! Why a message that arrived is rejected.

use crate::envelope::{MessageError, OpenError};

/// Why a message that arrived is rejected. It contains none of the message's content except the name of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageProblem {
    /// The body is not a message.
    #[error(transparent)]
    Unreadable(#[from] MessageError),
    /// The fields could not be decrypted or verified: the message is not from the gateway, or the sign key is wrong.
    #[error(transparent)]
    Unverified(#[from] OpenError),
    /// The message is for another merchant, according to a field inside or outside `data`.
    #[error("the message is for another merchant")]
    OtherMerchant {
        /// The merchant it names, at most 200 characters. **Unverified** if it is outside `data`.
        named: String,
    },
}

impl MessageProblem {
    /// Returns a name for `error.type` in spans and events.
    pub(crate) fn error_type(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Unverified(_) => "unverified",
            Self::OtherMerchant { .. } => "other_merchant",
        }
    }
}
