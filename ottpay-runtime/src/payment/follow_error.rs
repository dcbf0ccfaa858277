//! Why nothing can be said about a payment.

use crate::error::AskError;
use crate::reply::FieldError;
use crate::request::InvalidRequest;

/// Why nothing can be said about a payment. None of these says anything about the money.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// The order belongs to another merchant than the client.
    #[error("the order belongs to merchant {expected}, the client is that of merchant {found}")]
    OtherMerchant {
        /// The merchant of the order.
        expected: String,
        /// The merchant of the client.
        found: String,
    },
    /// The order was sent to another gateway than the client's, for example to a sandbox.
    #[error("the order was sent to {expected}, the client talks to {found}")]
    OtherEnvironment {
        /// The base address to which it was sent.
        expected: String,
        /// The base address of the client.
        found: String,
    },
    /// The gateway knew the id before the first recorded request reached it, so an answer may be about the order of somebody
    /// else: see [`Resolved::Conflict`](super::Resolved::Conflict).
    #[error("the id was used before the first recorded request: what a query says may be about another order")]
    Conflict,
    /// Neither the request nor the client names the currency, so amounts cannot be compared.
    #[error("the currency of the order is not known: set it with `Client::builder().currency(…)`")]
    NoCurrency,
    /// The specification says that no query tells what became of it.
    #[error("`{action}` has no query: {reason}")]
    NoQuery {
        /// The method of the action.
        action: String,
        /// The reason that the specification gives.
        reason: String,
    },
    /// A stored order is one of an action that the client does not know: a private one, or one of another version.
    #[error(
        "the client does not know the action `{action}`: add its specification with `Client::builder().follow(&GATEWAY)`"
    )]
    UnknownAction {
        /// The method of the action.
        action: String,
    },
    /// The query could not be built.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    /// The query failed in a way that no repetition heals, or no query was answered.
    #[error("the state of the order could not be asked for: {0}")]
    Ask(#[source] AskError),
    /// The answer was verified, and an amount in it cannot be read.
    #[error("`{query}` answered with an amount that cannot be read: {error}")]
    Unreadable {
        /// The method of the query.
        query: &'static str,
        /// The field.
        #[source]
        error: FieldError,
    },
}

impl FollowError {
    /// Whether asking again may help. An HTTP status other than 2xx may be how the gateway answers about an order that it does
    /// not know yet, which is not documented.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Ask(error) if error.is_transient() || matches!(error, AskError::HttpStatus { .. }))
    }
}
