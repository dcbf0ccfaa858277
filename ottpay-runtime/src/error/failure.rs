//! The failure of an exchange, before it becomes the error of a write or of a read.

use super::call::Call;
use super::refusal::Refusal;
use super::reply::ReplyProblem;
use crate::request::InvalidRequest;
use crate::transport::TransportError;

/// The failure of an exchange, independent of what the call does.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request was invalid, so there was no call.
    Invalid(InvalidRequest),
    /// The call failed.
    Call(Call, Reason),
}

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Reason {
    Transport(TransportError),
    HttpStatus { status: u16, text: String },
    Reply(ReplyProblem),
    Refused(Refusal),
}

impl Failure {
    /// Returns a name for `error.type` in spans.
    pub(crate) fn error_type(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Call(_, Reason::Transport(error)) => error.kind().as_str(),
            Self::Call(_, Reason::HttpStatus { .. }) => "http_status",
            Self::Call(_, Reason::Reply(problem)) => problem.error_type(),
            Self::Call(_, Reason::Refused(_)) => "not_accepted",
        }
    }

    /// Returns the code with which the gateway did not accept the request.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Call(_, Reason::Refused(refusal)) => Some(refusal.code()),
            _ => None,
        }
    }
}

impl Reason {
    /// Whether the same call may succeed if it is retried.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            Self::HttpStatus { status, .. } => is_transient_status(*status),
            Self::Reply(problem) => problem.is_transient(),
            Self::Refused(refusal) => refusal.is_transient(),
        }
    }
}

/// Statuses of a server or proxy that is temporarily overloaded, restarting or failing.
pub(super) fn is_transient_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

impl From<InvalidRequest> for Failure {
    fn from(invalid: InvalidRequest) -> Self {
        Self::Invalid(invalid)
    }
}
