//! What has happened to an order.

use ottpay::payment::{GivenBack, Mismatch, Payment, Reservation};
use ottpay::spec::Evidence;

use super::end::{Ended, Reversed, Unconfirmed, Unresolved};
use super::refund::{RefundFailed, Refunded};

/// What has happened. Each is a transition of what the gateway confirmed, never a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The order is paid: hand over the goods. Once for each reference. A part may have been given back since; that is an
    /// event of its own, which follows.
    Paid(Payment),
    /// Another order of the same reference has been paid before: the buyer has paid twice, give this payment back.
    PaidAgain(Payment),
    /// Money is reserved on a card, not received.
    Reserved(Reservation),
    /// Money has gone back: by a refund of this ledger, or by one made elsewhere.
    Refunded(Refunded),
    /// A refund was refused or failed: no money has gone back by it.
    RefundFailed(RefundFailed),
    /// All of the money had been given back before the payment was ever reported. Never hand over goods for it.
    GivenBack(GivenBack),
    /// A payment that was reported is closed or has failed since: a person decides.
    Reversed(Reversed),
    /// A payment that was reported as reversed is paid after all. It is not a second payment, and goods that went out for the
    /// first report do not go out again.
    Restored(Payment),
    /// The order ended without payment: refused, closed or failed.
    Ended(Ended),
    /// The gateway says paid or reserved, and another amount than was asked: a person decides.
    Mismatch(Mismatch),
    /// A callback says that it is paid, and no query has confirmed it: a person decides.
    Unconfirmed(Unconfirmed),
    /// No query says whether money has moved: a person decides.
    Unresolved(Unresolved),
    /// The gateway knew the id before the first request: another shop, till or restored counter used it. Never hand over goods
    /// for it; a person decides.
    Conflict,
}

impl Kind {
    /// A stable word: `paid`, `paid_again`, `reserved`, `refunded`, `refund_failed`, `given_back`, `reversed`, `restored`,
    /// `ended`, `mismatch`, `unconfirmed`, `unresolved` or `conflict`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Paid(_) => "paid",
            Self::PaidAgain(_) => "paid_again",
            Self::Reserved(_) => "reserved",
            Self::Refunded(_) => "refunded",
            Self::RefundFailed(_) => "refund_failed",
            Self::GivenBack(_) => "given_back",
            Self::Reversed(_) => "reversed",
            Self::Restored(_) => "restored",
            Self::Ended(_) => "ended",
            Self::Mismatch(_) => "mismatch",
            Self::Unconfirmed(_) => "unconfirmed",
            Self::Unresolved(_) => "unresolved",
            Self::Conflict => "conflict",
        }
    }

    /// Whether a person has to decide something.
    pub fn needs_person(&self) -> bool {
        match self {
            Self::PaidAgain(_)
            | Self::RefundFailed(_)
            | Self::Reversed(_)
            | Self::Mismatch(_)
            | Self::Unconfirmed(_)
            | Self::Unresolved(_)
            | Self::Conflict => true,
            Self::Paid(_)
            | Self::Reserved(_)
            | Self::Refunded(_)
            | Self::GivenBack(_)
            | Self::Restored(_)
            | Self::Ended(_) => false,
        }
    }

    /// Whether it shows that the queries of the action serve it. Of a refund only if a query that is assumed has agreed with the
    /// gateway's reply: the total of its payment proves nothing about the others.
    pub(crate) fn proves_query(&self) -> bool {
        match self {
            Self::Paid(_) | Self::PaidAgain(_) | Self::Restored(_) => true,
            Self::Refunded(refunded) => refunded.evidence == Some(Evidence::Assumed),
            Self::Reserved(_)
            | Self::RefundFailed(_)
            | Self::GivenBack(_)
            | Self::Reversed(_)
            | Self::Ended(_)
            | Self::Mismatch(_)
            | Self::Unconfirmed(_)
            | Self::Unresolved(_)
            | Self::Conflict => false,
        }
    }
}
