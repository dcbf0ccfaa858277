//! Why a request was not sent through the ledger, or gave no reply.

use ottpay::payment::FollowError;
use ottpay::request::InvalidRequest;
use ottpay::{Amount, Error, Outcome};

use crate::state::State;
use crate::store::StoreError;

/// Why a request was not sent through the ledger, or gave no reply that may be used. [`outcome`](Self::outcome) says what
/// that means for the money.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// No client of the ledger is that of the request's merchant and gateway.
    #[error("no client of the ledger is that of merchant {merchant} at {environment}")]
    NoClient {
        /// The merchant of the request.
        merchant: String,
        /// The gateway of the client that built it.
        environment: String,
    },
    /// A handler has its transaction open. A request that it sends would be there twice if the handler ran again.
    #[error("requests are not sent inside of a handler: use `Tx::send_later`")]
    InsideHandler,
    /// Requests are sent in tasks of their own.
    #[error("there is no Tokio runtime to send the request in")]
    NoRuntime,
    /// `pay` is for what the buyer pays by a link or in an app, and `note` for what is handed to them. A refund or a request
    /// that moves money at once is sent by `send` or `charge`.
    #[error("the buyer does not pay by this request: send it by `send` or `charge`")]
    NotByBuyer,
    /// `charge` is for what moves money at once.
    #[error("the buyer has yet to pay what the request makes: use `send` or `pay`")]
    NotAtOnce,
    /// The request does not follow the specification.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    /// The request cannot be restored from what is stored of it.
    #[error("the request cannot be restored: {0}")]
    NotRestorable(&'static str),
    /// The store could not note the request, so it was not sent.
    #[error("the request was not sent, because it could not be noted: {0}")]
    NotNoted(#[source] StoreError),
    /// The id is in the ledger, and may have reached the gateway.
    #[error("`{id}` was sent before, and is {state}: it is followed already")]
    AlreadySent {
        /// The id.
        id: String,
        /// Where it is.
        state: State,
    },
    /// The ledger has no payment that this refund could give back.
    #[error("nothing can be given back: {0}")]
    NotRefundable(&'static str),
    /// Another refund of the payment has no end yet. One has to wait for the other.
    #[error("the refund `{id}` of the same payment has no end yet")]
    RefundInFlight {
        /// The other refund.
        id: String,
    },
    /// More would be given back than was paid.
    #[error("{asked} are more than what is left of the payment, {left} minor units")]
    RefundTooLarge {
        /// What the refund asks for.
        asked: Amount,
        /// What is left.
        left: Amount,
    },
    /// The payment could not be asked about before the refund was sent.
    #[error("the refund was not sent, because the payment could not be asked about: {0}")]
    NotAsked(#[source] FollowError),
    /// An order of this reference is open, paid or unclear, so another one might be paid as well.
    #[error("the order `{id}` of the same reference is {state}")]
    InTheWay {
        /// The other order.
        id: String,
        /// Where it is.
        state: State,
    },
    /// An order of this reference is open, and asks for something else.
    #[error("the open order `{id}` of the same reference asks for something else")]
    OtherRequest {
        /// The other order.
        id: String,
    },
    /// The request was sent, and what became of it could not be asked for. It is followed all the same.
    #[error("what became of the request could not be asked for: {0}")]
    NotFollowed(#[source] FollowError),
    /// The gateway's answer, or why there is none.
    #[error(transparent)]
    Request(#[from] Error),
    /// The gateway answered and the answer could not be stored, so it is withheld: nobody can pay by a link that was not given
    /// out. The order is followed all the same.
    #[error("the reply is withheld, because it could not be stored{}", source.as_ref().map(|error| format!(": {error}")).unwrap_or_default())]
    NotStored {
        /// Why; nothing if the time for the reply had passed.
        #[source]
        source: Option<StoreError>,
    },
    /// The task that sends the request was stopped, with its runtime or by a panic.
    #[error("the program was stopped while the request was under way")]
    Interrupted,
}

impl SendError {
    /// What is known of the money.
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
