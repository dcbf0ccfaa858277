//! The error of a read. It states nothing about money.

use super::call::Call;
use super::failure::{Failure, Reason, is_transient_status};
use super::outcome::Outcome;
use super::refusal::Refusal;
use super::reply::ReplyProblem;
use super::write::separator;
use crate::request::InvalidRequest;
use crate::transport::TransportError;

/// Why a read, such as a query, returned no answer.
///
/// It has no [`Outcome`], because it states nothing about the money: a query that the gateway refuses does not mean
/// that the payment was refused.
///
/// The message is a single line that includes the causes. `source()` returns the same causes as values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// A field violates the specification; detected before anything was sent.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),

    /// Nothing was sent: no connection was made (name lookup, connect, TLS), or the transport can never work.
    #[error("{call}: nothing was sent: {}", reason.describe())]
    NotSent {
        /// The call.
        call: Call,
        /// The error of the transport.
        #[source]
        reason: TransportError,
    },

    /// The request was sent, but no complete reply was received: timeout, lost connection, or reply too large.
    #[error("{call}: no complete reply was received: {}", reason.describe())]
    Lost {
        /// The call.
        call: Call,
        /// The error of the transport.
        #[source]
        reason: TransportError,
    },

    /// The reply has an HTTP status other than 2xx.
    #[error("{call}: expected HTTP status 2xx, got {status}{}{text}", separator(text))]
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
    #[error("{call}: {problem}")]
    Reply {
        /// The call.
        call: Call,
        /// What is wrong with the reply.
        #[source]
        problem: ReplyProblem,
    },

    /// The gateway answered with a code other than those that accept the request.
    #[error("{call}: {refusal}")]
    Refused {
        /// The call.
        call: Call,
        /// The gateway's code and text.
        refusal: Refusal,
    },
}

impl AskError {
    /// Whether the same read may succeed if it is retried.
    ///
    /// It is false where retrying cannot help: an invalid request, a transport that can never work, a reply that cannot
    /// be verified or violates the specification, a documented refusal, and HTTP statuses other than 408, 425, 429 and
    /// 5xx.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Invalid(_) => false,
            Self::NotSent { reason, .. } | Self::Lost { reason, .. } => reason.is_transient(),
            Self::HttpStatus { status, .. } => is_transient_status(*status),
            Self::Reply { problem, .. } => problem.is_transient(),
            Self::Refused { refusal, .. } => refusal.is_transient(),
        }
    }

    /// Returns the action's name on the wire.
    pub fn action(&self) -> &'static str {
        self.call().map_or_else(InvalidRequest::action, Call::action)
    }

    /// Returns the order id of the query, if the request set one.
    pub fn order_id(&self) -> Option<&str> {
        self.call().ok()?.order_id()
    }

    /// Returns the gateway's code and text, if its code does not accept the request.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Does not exist: its bound makes the compiler explain the mistake of treating a query's error as a payment's.
    #[doc(hidden)]
    // With a lifetime, because a bound without parameters would be checked here instead of at the call.
    pub fn outcome<'a>(&'a self) -> Outcome
    where
        &'a Self: SaysWhatBecameOfMoney,
    {
        <&Self as SaysWhatBecameOfMoney>::OUTCOME
    }

    /// Returns the call, or why there was none.
    fn call(&self) -> Result<&Call, &InvalidRequest> {
        match self {
            Self::Invalid(invalid) => Err(invalid),
            Self::NotSent { call, .. }
            | Self::Lost { call, .. }
            | Self::HttpStatus { call, .. }
            | Self::Reply { call, .. }
            | Self::Refused { call, .. } => Ok(call),
        }
    }
}

/// An error that has an outcome. Nothing implements this trait, because no error of a read has one.
#[diagnostic::on_unimplemented(
    message = "an `AskError` has no outcome: a query that fails states nothing about the money",
    label = "check `.is_transient()` and retry; do not mark the payment as refused",
    note = "only `Error`, the error of a request that may move money, has an outcome"
)]
#[doc(hidden)]
pub trait SaysWhatBecameOfMoney {
    /// The outcome.
    const OUTCOME: Outcome;
}

impl From<Failure> for AskError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(invalid) => Self::Invalid(invalid),
            Failure::Call(call, reason) => match reason {
                Reason::Transport(reason) if reason.may_have_been_sent() => Self::Lost { call, reason },
                Reason::Transport(reason) => Self::NotSent { call, reason },
                Reason::HttpStatus { status, text } => Self::HttpStatus { call, status, text },
                Reason::Reply(problem) => Self::Reply { call, problem },
                Reason::Refused(refusal) => Self::Refused { call, refusal },
            },
        }
    }
}
