//! The problems of a reply.

use crate::incoming::MessageProblem;
use crate::reply::{FieldError, Received};

/// What is wrong with a reply.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyProblem {
    /// The body is not a message, could not be verified, or is for another merchant.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    /// No response code was found under any of its names.
    #[error("expected a response code in `rsp_code`, found none")]
    NoCode,
    /// The gateway accepted the request but sent no fields, although the action's reply has some.
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
    /// Returns a name for `error.type` in spans.
    pub(super) fn error_type(&self) -> &'static str {
        match self {
            Self::Message(problem) => problem.error_type(),
            Self::NoCode => "no_code",
            Self::NoData => "no_data",
            Self::Field { .. } => "field",
        }
    }

    /// Whether another reply may be better. A body that is not a message may come from a proxy that is restarting; a
    /// wrong key or an unexpected field is permanent.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Message(MessageProblem::Unreadable(_)))
    }
}
