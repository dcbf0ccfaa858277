//! The error of a write: the cause, and what is known about the money.

use super::call::Call;
use super::failure::{Failure, Reason};
use super::outcome::Outcome;
use super::refusal::Refusal;
use super::reply::ReplyProblem;
use crate::request::InvalidRequest;
use crate::transport::{TransportError, TransportErrorKind};

/// Why a call that may move money returned no reply. [`outcome`](Self::outcome) states what this means for the money.
///
/// The message is a single line that includes the causes. `source()` returns the same causes as values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A field violates the specification; detected before anything was sent.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),

    /// Nothing was sent: no connection (name lookup, connect, TLS) was established within its limit or that of the
    /// whole exchange, or the transport can never work.
    #[error("{call}: nothing was sent: {}", reason.describe())]
    NotSent {
        /// The call.
        call: Call,
        /// The error of the transport.
        #[source]
        reason: TransportError,
    },

    /// The request was sent, but no complete reply was received: timeout, lost connection, or reply too large.
    #[error("{call}: no complete reply was received: {}{}", reason.describe(), call.advice())]
    Lost {
        /// The call.
        call: Call,
        /// The error of the transport.
        #[source]
        reason: TransportError,
    },

    /// The reply has an HTTP status other than 2xx. The outcome is unknown whatever the body: the vendor does not
    /// document that a rejection has such a status, and a proxy may have sent it.
    #[error("{call}: expected HTTP status 2xx, got {status}{}{text}{}", separator(text), call.advice())]
    HttpStatus {
        /// The call.
        call: Call,
        /// The status.
        status: u16,
        /// The text of the body, for people: at most 200 characters, without the sensitive values of the request. It
        /// may be empty.
        text: String,
    },

    /// A reply was received, but cannot be trusted or understood.
    #[error("{call}: {problem}{}", call.advice())]
    Reply {
        /// The call.
        call: Call,
        /// What is wrong with the reply.
        #[source]
        problem: ReplyProblem,
    },

    /// The gateway answered with a code other than those that accept the request. This is not always a refusal: some
    /// codes state that the gateway itself does not know the result, and the meaning of an undocumented code is
    /// unknown.
    #[error("{call}: {refusal}{}", advise_on(refusal, call))]
    NotAccepted {
        /// The call.
        call: Call,
        /// The gateway's code and text.
        refusal: Refusal,
    },
}

/// Returns the separator between a status and the text of its body.
pub(super) fn separator(text: &str) -> &'static str {
    if text.is_empty() { "" } else { ": " }
}

fn advise_on(refusal: &Refusal, call: &Call) -> &'static str {
    match refusal.outcome(call) {
        Outcome::DuplicateId => "; the order id has been used before: query it, do not pay under another id",
        Outcome::Unknown => call.advice(),
        Outcome::Never | Outcome::NotSent | Outcome::Refused => "",
    }
}

impl Error {
    /// Returns what is known about the call, and therefore what to do next.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Invalid(_) => Outcome::Never,
            Self::NotSent { reason, .. } => match reason.kind() {
                // A loop that retries whatever was not sent would never end with this one (docs/safety.md, T10).
                TransportErrorKind::Never => Outcome::Never,
                _ => Outcome::NotSent,
            },
            Self::Lost { .. } | Self::HttpStatus { .. } | Self::Reply { .. } => Outcome::Unknown,
            Self::NotAccepted { call, refusal } => refusal.outcome(call),
        }
    }

    /// Returns the action's name on the wire.
    pub fn action(&self) -> &'static str {
        self.call().map_or_else(InvalidRequest::action, Call::action)
    }

    /// Returns the id to query when the outcome is unknown: the request's own order id, if it set one.
    pub fn order_id(&self) -> Option<&str> {
        self.call().ok()?.order_id()
    }

    /// Returns the gateway's code and text, if its code does not accept the request.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::NotAccepted { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Returns the call, or why there was none.
    fn call(&self) -> Result<&Call, &InvalidRequest> {
        match self {
            Self::Invalid(invalid) => Err(invalid),
            Self::NotSent { call, .. }
            | Self::Lost { call, .. }
            | Self::HttpStatus { call, .. }
            | Self::Reply { call, .. }
            | Self::NotAccepted { call, .. } => Ok(call),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(invalid) => Self::Invalid(invalid),
            Failure::Call(call, reason) => match reason {
                Reason::Transport(reason) if reason.may_have_been_sent() => Self::Lost { call, reason },
                Reason::Transport(reason) => Self::NotSent { call, reason },
                Reason::HttpStatus { status, text } => Self::HttpStatus { call, status, text },
                Reason::Reply(problem) => Self::Reply { call, problem },
                Reason::Refused(refusal) => Self::NotAccepted { call, refusal },
            },
        }
    }
}
