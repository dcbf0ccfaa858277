//! What is wrong with a reply.

use crate::incoming::MessageProblem;
use crate::reply::{FieldError, Received};

/// What is wrong with a reply.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyProblem {
    /// It is not a message, it could not be verified, or it is for another merchant.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    /// There is no response code under any of its names.
    #[error("expected a response code in `rsp_code`, found none")]
    NoCode,
    /// The gateway accepted the request but sent no fields, although the action answers with some.
    #[error("the gateway accepted the request, but sent no `data` and `md5`")]
    NoData,
    /// A field is missing or unreadable. The message is verified, and everything in it is in `received`.
    #[error("{error}")]
    Field {
        /// The field.
        error: FieldError,
        /// The verified message.
        received: Box<Received>,
    },
}

impl ReplyProblem {
    /// A word for it, as `error.type` in spans.
    pub(super) fn error_type(&self) -> &'static str {
        match self {
            Self::Message(problem) => problem.error_type(),
            Self::NoCode => "no_code",
            Self::NoData => "no_data",
            Self::Field { .. } => "field",
        }
    }

    /// Whether another reply may be better. One that is not a message at all may come from something on the way, such as a
    /// proxy that is being restarted; a wrong key or an unexpected field stays.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Message(MessageProblem::Unreadable(_)))
    }
}
