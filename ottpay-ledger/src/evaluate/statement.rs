//! The meaning of an answer, in any state of the order.

use ottpay::StatusClass;
use ottpay::payment::{Confirmed, Ended, FollowError, GivenBack, Mismatch, Payment, Reservation, Resolved};

use super::case::Found;
use crate::event::Reason;

/// What an answer means.
#[derive(Debug)]
pub(super) enum Statement<'a> {
    Paid(&'a Payment),
    Reserved(&'a Reservation),
    Ended(&'a Ended),
    GivenBack(&'a GivenBack),
    Mismatch(&'a Mismatch),
    /// No statement about money.
    Nothing(Silence),
    /// The answer was verified, but contains an amount that cannot be read.
    Unreadable(String),
    /// The id was already in use before the first request.
    Conflict,
    /// Nothing was carried out, as the attempts show. The ledger's own record shows this earlier and in more detail.
    NotDone,
    NotAsked,
}

/// Why an answer does not state anything about money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Silence {
    /// The buyer may still pay, or the payment is in progress.
    Pending,
    /// No buyer has the link.
    Unpayable,
    /// The gateway did not answer, does not know the order, or states no status.
    Unknown,
    /// A status whose meaning is not documented.
    Unclear(String),
    /// The gateway cannot be queried about this order, and retrying does not help.
    CannotAsk(String),
}

impl<'a> Statement<'a> {
    pub(super) fn from_found(found: &'a Found) -> Self {
        match found {
            Found::Resolved(resolved) => Self::from_resolved(resolved),
            Found::Failed(error) => Self::from_error(error),
            Found::NotAsked => Self::NotAsked,
        }
    }

    /// Whether the gateway may hold money of the buyer's.
    pub(super) fn is_of_money_that_remains(&self) -> bool {
        match self {
            Self::Paid(_) | Self::Reserved(_) | Self::Mismatch(_) | Self::Unreadable(_) => true,
            Self::Ended(_)
            | Self::GivenBack(_)
            | Self::Nothing(_)
            | Self::Conflict
            | Self::NotDone
            | Self::NotAsked => false,
        }
    }

    fn from_resolved(resolved: &'a Resolved) -> Self {
        match resolved {
            Resolved::Took(confirmed) => Self::from_confirmed(confirmed),
            Resolved::NotDone => Self::NotDone,
            Resolved::Unpayable => Self::Nothing(Silence::Unpayable),
            Resolved::Pending => Self::Nothing(Silence::Pending),
            Resolved::StillUnknown { .. } => Self::Nothing(Silence::Unknown),
            Resolved::Conflict => Self::Conflict,
        }
    }

    fn from_confirmed(confirmed: &'a Confirmed) -> Self {
        match confirmed {
            Confirmed::Paid(payment) => Self::Paid(payment),
            Confirmed::Reserved(reservation) => Self::Reserved(reservation),
            Confirmed::Open => Self::Nothing(Silence::Pending),
            Confirmed::Ended(ended) => Self::Ended(ended),
            Confirmed::GivenBack(given) => Self::GivenBack(given),
            Confirmed::Mismatch(mismatch) => Self::Mismatch(mismatch),
            Confirmed::Unclear(unclear) if unclear.word().is_empty() => Self::Nothing(Silence::Unknown),
            Confirmed::Unclear(unclear) => Self::Nothing(Silence::Unclear(unclear.word().to_owned())),
            Confirmed::NoAnswer(_) => Self::Nothing(Silence::Unknown),
        }
    }

    fn from_error(error: &FollowError) -> Self {
        match error {
            FollowError::Unreadable { .. } => Self::Unreadable(error.to_string()),
            FollowError::Conflict => Self::Conflict,
            // The client's settings, an action without a query, or a refusal: retrying cannot help. A gateway that does
            // not answer is not an error of `resolve`.
            error => Self::Nothing(Silence::CannotAsk(error.to_string())),
        }
    }
}

/// The reason the gateway gives for the end.
pub(super) fn reason_for_end(ended: &Ended) -> Reason {
    match ended.class() {
        StatusClass::Failed => Reason::Failed,
        _ => Reason::Closed,
    }
}
