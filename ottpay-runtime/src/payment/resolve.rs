//! Finds out what happened to a request whose reply was lost.

use std::fmt;
use std::time::SystemTime;

use super::attempt::{Proof, evaluate_attempts};
use super::confirm::Inquiry;
use super::confirmed::{Confirmed, Payment};
use super::follow_error::FollowError;
use super::following::Following;
use super::tracked::{Trackable, Tracked};
use crate::client::Client;
use crate::spec::{Moves, Role};

/// What happened to a request, as far as its recorded attempts and the gateway's queries show.
///
/// The variants are exhaustive on purpose: adding one requires a new major version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "most of the variants forbid paying under another id"]
pub enum Resolved {
    /// The gateway has the order, and reports its state. Proceed as [`Confirmed`] describes.
    Took(Confirmed),
    /// Certain: nothing was carried out, because no attempt reached the gateway, or the only one was refused with a
    /// documented code. The corrected request may be sent again under a new id; under the same id only if no attempt
    /// arrived. An order that was read from storage never has this result, because its latest attempt may not have been
    /// stored.
    NotDone,
    /// The link was never handed out, because the reply was lost, so no buyer can pay: a new id is safe. Continue to
    /// query this order nevertheless.
    Unpayable,
    /// Not final: the buyer may still pay, or a payment with the buyer's code is in progress. Query again; with a new
    /// id, the buyer might pay twice. A link that was handed out may be shown again.
    Pending,
    /// The money moves without an action of the buyer, and no answer states whether it has moved. **No new id before a
    /// person has checked** the Merchant Center or the buyer's phone. Query again from time to time.
    StillUnknown {
        /// The number of queries that were sent.
        asked: u32,
        /// When the request was first tracked.
        since: SystemTime,
    },
    /// The gateway knew the id before the first recorded request reached it. Either an earlier attempt of this shop was
    /// not recorded, or another shop, another till or a restored counter used the id, and a query answers about *their*
    /// order. **No new id before a person has checked**, unless it is certain that every attempt was recorded.
    Conflict,
}

impl Resolved {
    /// Returns the payment, if the order is paid.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Self::Took(confirmed) => confirmed.payment(),
            _ => None,
        }
    }

    /// Returns a stable name for a database column: `took`, `not_done`, `unpayable`, `pending`, `still_unknown` or
    /// `conflict`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Took(_) => "took",
            Self::NotDone => "not_done",
            Self::Unpayable => "unpayable",
            Self::Pending => "pending",
            Self::StillUnknown { .. } => "still_unknown",
            Self::Conflict => "conflict",
        }
    }
}

/// A sentence for a log, without ids and names.
impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Took(confirmed) => return confirmed.fmt(f),
            Self::NotDone => "not carried out",
            Self::Unpayable => "not payable: the link was never handed out",
            Self::Pending => "pending",
            Self::StillUnknown { .. } => "still unknown: a person has to check",
            Self::Conflict => "the id belongs to another order",
        })
    }
}

impl Client {
    /// Finds out what happened to a request: from the attempts that were [recorded](Tracked::record) and, if these
    /// prove nothing, from one query. Call it after an error and after a restart, for every order that has not ended.
    ///
    /// A gateway that does not answer is not an error: the variants describe what is known without an answer.
    ///
    /// # Errors
    /// [`FollowError`] if the order cannot be queried at all: wrong client, no currency, or no query.
    pub fn resolve(&self, order: &(impl Trackable + ?Sized)) -> Following<Resolved> {
        let (client, order) = (self.clone(), order.tracked());
        Following::new(async move {
            match evaluate_attempts(&order.attempts) {
                // An order from storage may lack its latest attempt, so its attempts alone prove nothing.
                Proof::NotDone if !order.is_restored => Ok(Resolved::NotDone),
                Proof::Conflict => Ok(Resolved::Conflict),
                proof => resolve_by_query(&client, &order, proof).await,
            }
        })
    }
}

async fn resolve_by_query(client: &Client, order: &Tracked, proof: Proof) -> Result<Resolved, FollowError> {
    let inquiry = Inquiry::new(client, order)?;
    let is_open = match inquiry.query_once(None).await {
        Ok(Confirmed::NoAnswer(_)) => false,
        // The state of a payment without refunds does not show whether a refund is in progress.
        Ok(Confirmed::Open) => order.own_role != Role::Refund,
        // The total of a payment changes with every refund, so it does not show whether this one succeeded.
        Ok(Confirmed::Unclear(_)) if order.own_role == Role::Refund => false,
        Ok(confirmed) => return Ok(Resolved::Took(confirmed)),
        Err(error) if error.is_transient() => false,
        Err(error) => return Err(error),
    };
    Ok(match order.moves {
        // No reply is recorded, so no buyer has the link unless the gateway itself has delivered it.
        Moves::ByBuyer if proof != Proof::Open && !order.is_delivered => Resolved::Unpayable,
        Moves::ByBuyer => Resolved::Pending,
        Moves::AtOnce if is_open => Resolved::Pending,
        Moves::AtOnce => Resolved::StillUnknown { asked: inquiry.query_count(), since: order.since() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_result_is_described_in_a_sentence() {
        let unknown = Resolved::StillUnknown { asked: 1, since: SystemTime::UNIX_EPOCH };
        for (resolved, sentence) in [
            (Resolved::Took(Confirmed::Open), "open"),
            (Resolved::NotDone, "not carried out"),
            (Resolved::Unpayable, "not payable: the link was never handed out"),
            (Resolved::Pending, "pending"),
            (unknown, "still unknown: a person has to check"),
            (Resolved::Conflict, "the id belongs to another order"),
        ] {
            assert_eq!(resolved.to_string(), sentence);
            assert_eq!(resolved.payment(), None);
        }
    }
}
