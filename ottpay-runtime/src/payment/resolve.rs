//! What became of a request whose reply is lost.

use std::fmt;
use std::time::SystemTime;

use super::attempt::{Proof, prove};
use super::confirm::Inquiry;
use super::confirmed::{Confirmed, Payment};
use super::follow_error::FollowError;
use super::following::Following;
use super::tracked::{Trackable, Tracked};
use crate::client::Client;
use crate::spec::{Moves, Role};

/// What became of a request, as far as its recorded attempts and the gateway's queries tell.
///
/// The arms are exhaustive on purpose: another one is a new major version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "most of the arms forbid paying under another id"]
pub enum Resolved {
    /// The gateway has it, and says how it stands. Go on as [`Confirmed`] says.
    Took(Confirmed),
    /// Sure: nothing was carried out, because no attempt reached the gateway, or the only one was refused by a code that the
    /// vendor documents. It is never the answer for an order that was read from storage, which may lack the latest attempt. The request may be sent again, corrected, under a new id; under the same id only if none arrived.
    NotDone,
    /// The link was never given out, because the reply is lost, so no buyer can pay: a new id is safe. Go on asking about this
    /// one all the same.
    Unpayable,
    /// Not final: the buyer may still pay, or a payment with the buyer's code is under way. Ask again; a new id might be paid
    /// twice. A link that was given out may be shown again.
    Pending,
    /// The money moves without the buyer, and no answer says whether it has. **No new id without a person who has looked**: in
    /// the Merchant Center, or at the buyer's phone. Ask again from time to time.
    StillUnknown {
        /// How many queries were asked.
        asked: u32,
        /// When the request was first tracked.
        since: SystemTime,
    },
    /// The gateway knew the id before the first recorded request reached it. Either an earlier attempt of this shop was not
    /// recorded, or another shop, another till or a restored counter used the id, and what a query says is about *their*
    /// order. **No new id before a person has looked**, unless no attempt can have gone unrecorded.
    Conflict,
}

impl Resolved {
    /// The payment, if the order is paid.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Self::Took(confirmed) => confirmed.payment(),
            _ => None,
        }
    }

    /// A stable word for a database column: `took`, `not_done`, `unpayable`, `pending`, `still_unknown`, `conflict`.
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

/// A sentence for a log: no ids, no names.
impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Took(confirmed) => return confirmed.fmt(f),
            Self::NotDone => "not carried out",
            Self::Unpayable => "not payable: the link was never given out",
            Self::Pending => "pending",
            Self::StillUnknown { .. } => "still unknown: a person has to look",
            Self::Conflict => "the id belongs to another order",
        })
    }
}

impl Client {
    /// Says what became of a request: by the attempts that were [recorded](Tracked::record), and where they prove nothing, by
    /// asking the gateway once. After an error, after a restart, for every order that has no end yet.
    ///
    /// A gateway that does not answer does not make this an error: the arms say what is known without it.
    ///
    /// # Errors
    /// [`FollowError`] if the order cannot be asked about at all: the wrong client, no currency, no query.
    pub fn resolve(&self, order: &(impl Trackable + ?Sized)) -> Following<Resolved> {
        let (client, order) = (self.clone(), order.tracked());
        Following::new(async move {
            match prove(&order.attempts) {
                Proof::NotDone if !order.is_restored => Ok(Resolved::NotDone),
                Proof::Conflict => Ok(Resolved::Conflict),
                proof => resolve_by_query(&client, &order, proof).await,
            }
        })
    }
}

async fn resolve_by_query(client: &Client, order: &Tracked, proof: Proof) -> Result<Resolved, FollowError> {
    let inquiry = Inquiry::new(client, order)?;
    let is_open = match inquiry.ask(None).await {
        Ok(Confirmed::NoAnswer(_)) => false,
        // A payment of which nothing has been given back does not say whether a refund of it is under way.
        Ok(Confirmed::Open) => order.own_role != Role::Refund,
        // The total of a payment moves with every refund of it: it does not say whether this one took.
        Ok(Confirmed::Unclear(_)) if order.own_role == Role::Refund => false,
        Ok(confirmed) => return Ok(Resolved::Took(confirmed)),
        Err(error) if error.is_transient() => false,
        Err(error) => return Err(error),
    };
    Ok(match order.moves {
        Moves::ByBuyer if proof != Proof::Open && !order.is_delivered => Resolved::Unpayable,
        Moves::ByBuyer => Resolved::Pending,
        Moves::AtOnce if is_open => Resolved::Pending,
        Moves::AtOnce => Resolved::StillUnknown { asked: inquiry.queries(), since: order.since() },
    })
}
