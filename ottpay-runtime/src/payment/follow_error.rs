//! Why no statement about a payment is possible.

use crate::error::AskError;
use crate::reply::FieldError;
use crate::request::InvalidRequest;

/// Why no statement about a payment is possible. None of the variants states anything about the money.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// The order belongs to a different merchant than the client's.
    #[error("the order belongs to merchant {expected}, but the client is for merchant {found}")]
    OtherMerchant {
        /// The merchant of the order.
        expected: String,
        /// The merchant of the client.
        found: String,
    },
    /// The order was sent to a different gateway than the client's, for example to a sandbox.
    #[error("the order was sent to {expected}, but the client uses {found}")]
    OtherEnvironment {
        /// The base URL to which it was sent.
        expected: String,
        /// The base URL of the client.
        found: String,
    },
    /// The gateway knew the id before the first recorded request reached it, so an answer may be about another order:
    /// see [`Resolved::Conflict`](super::Resolved::Conflict).
    #[error("the id was in use before the first recorded request: a query may answer about another order")]
    Conflict,
    /// Neither the request nor the client names the currency, so amounts cannot be compared.
    #[error("the currency of the order is unknown: set it with `Client::builder().currency(…)`")]
    NoCurrency,
    /// The specification states that no query reports the action's outcome.
    #[error("`{action}` has no query: {reason}")]
    NoQuery {
        /// The method of the action.
        action: String,
        /// The reason that the specification gives.
        reason: String,
    },
    /// A stored order has an action that the client does not know: a private one, or one of another version.
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
    /// The query failed in a way that retrying cannot fix, or no query was answered.
    #[error("querying the state of the order failed: {0}")]
    Ask(#[source] AskError),
    /// The answer was verified, but contains an amount that cannot be read.
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
    /// Whether another query may help. The gateway may answer with an HTTP status other than 2xx about an order that it
    /// does not know yet; this is not documented.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Ask(error) if error.is_transient() || matches!(error, AskError::HttpStatus { .. }))
    }
}
