//! Why the ledger did not send a request, or returned no reply.

use ottpay::payment::FollowError;
use ottpay::request::InvalidRequest;
use ottpay::{Amount, Error, Outcome};

use crate::state::State;
use crate::store::StoreError;

/// Why the ledger did not send a request, or returned no usable reply.
///
/// [`outcome`](Self::outcome) states what each error means for the money.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The ledger has no client for the request's merchant and gateway.
    #[error("the ledger has no client for merchant {merchant} at {environment}: add one when opening it")]
    NoClient {
        /// The merchant of the request.
        merchant: String,
        /// The gateway of the client that built it.
        environment: String,
    },
    /// The caller is a handler, whose transaction is open. If the handler ran again, it would send the request twice.
    #[error("requests cannot be sent inside a handler: use `Tx::send_later`")]
    InsideHandler,
    /// The caller does not run in a Tokio runtime, which the task that sends the request needs.
    #[error("cannot send the request outside a Tokio runtime")]
    NoRuntime,
    /// `pay` is for orders that the buyer pays through a link or in an app, and `note` is for links and parameters that
    /// are handed to the buyer. Send a refund, or a request that moves money at once, with `send` or `charge`.
    #[error("the buyer does not pay this request: use `send` or `charge`")]
    NotByBuyer,
    /// `charge` is for requests that move money at once.
    #[error("this request does not move money at once: use `send` or `pay`")]
    NotAtOnce,
    /// The request violates the specification.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    /// The request cannot be restored from its stored form.
    #[error("cannot restore the request: {0}")]
    NotRestorable(&'static str),
    /// The store could not note the request, so it was not sent.
    #[error("the request was not sent, because it could not be stored: {0}")]
    NotNoted(#[source] StoreError),
    /// The ledger already contains the id, and it may have reached the gateway.
    #[error("order `{id}` was already sent and is {state}: the ledger follows it")]
    AlreadySent {
        /// The id.
        id: String,
        /// The state of the order.
        state: State,
    },
    /// The refund cannot be made, for example because the ledger has no such payment.
    #[error("cannot refund the payment: {0}")]
    NotRefundable(&'static str),
    /// Another refund of the payment has not ended. Refunds of one payment wait for each other.
    #[error("refund `{id}` of the same payment has not ended: try again after it has")]
    RefundInFlight {
        /// The other refund.
        id: String,
    },
    /// The refund exceeds what is left of the payment.
    #[error("cannot refund {asked} minor units: only {left} can still be refunded")]
    RefundTooLarge {
        /// The amount of the refund.
        asked: Amount,
        /// The amount that is left.
        left: Amount,
    },
    /// The payment could not be queried before the refund was sent.
    #[error("the refund was not sent, because querying its payment failed: {0}")]
    NotAsked(#[source] FollowError),
    /// An order of this reference is open, paid or unclear, so a second one might be paid as well.
    #[error("order `{id}` of the same reference is {state}: a second order might also be paid")]
    InTheWay {
        /// The other order.
        id: String,
        /// The state of the other order.
        state: State,
    },
    /// The open order of this reference has another amount or action.
    #[error("open order `{id}` of the same reference has another amount, currency or action")]
    OtherRequest {
        /// The other order.
        id: String,
    },
    /// The request was sent, but querying its outcome failed. The ledger continues to follow it.
    #[error("the request was sent, but querying its outcome failed: {0}")]
    NotFollowed(#[source] FollowError),
    /// The gateway's error, or why there is no reply.
    #[error(transparent)]
    Request(#[from] Error),
    /// The gateway replied, but the reply could not be stored and is withheld: a link that was not handed out cannot be
    /// paid. The ledger continues to follow the order.
    #[error("the reply is withheld, because storing it failed{}", source.as_ref().map(|error| format!(": {error}")).unwrap_or_default())]
    NotStored {
        /// Why storing failed; `None` if the time limit for the reply had passed.
        #[source]
        source: Option<StoreError>,
    },
    /// The task that sends the request was stopped by a panic or the shutdown of its runtime.
    #[error("the task that sends the request was stopped: its outcome is unknown until the order is queried")]
    Interrupted,
}

impl SendError {
    /// What is known about the money.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::NoClient { .. } | Self::InsideHandler | Self::NoRuntime | Self::Invalid(_) => Outcome::Never,
            Self::NotByBuyer | Self::NotAtOnce | Self::NotRestorable(_) => Outcome::Never,
            Self::NotRefundable(_) | Self::RefundTooLarge { .. } | Self::OtherRequest { .. } => Outcome::Never,
            Self::NotNoted(_) | Self::RefundInFlight { .. } | Self::NotAsked(_) => Outcome::NotSent,
            Self::AlreadySent { .. } | Self::InTheWay { .. } => Outcome::DuplicateId,
            Self::Request(error) => error.outcome(),
            Self::NotStored { .. } | Self::NotFollowed(_) | Self::Interrupted => Outcome::Unknown,
        }
    }
}
