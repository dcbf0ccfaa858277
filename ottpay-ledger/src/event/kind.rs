//! What has happened to an order.

use ottpay::payment::{GivenBack, Mismatch, Payment, Reservation};
use ottpay::spec::Evidence;

use super::end::{Ended, Reversed, Unconfirmed, Unresolved};
use super::refund::{RefundFailed, Refunded};

/// What happened. Each kind is a transition of the state that the gateway confirmed, never a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The order is paid: deliver the goods. Reported once for each reference. If a part has been refunded since, a
    /// separate event follows.
    Paid(Payment),
    /// Another order of the same reference was paid before: the buyer has paid twice. Refund this payment.
    PaidAgain(Payment),
    /// Money is reserved on a card, but not received.
    Reserved(Reservation),
    /// Money has gone back to the buyer: by a refund of this ledger, or by one made elsewhere.
    Refunded(Refunded),
    /// A refund was refused or failed: it moved no money.
    RefundFailed(RefundFailed),
    /// All of the money was refunded before the payment was ever reported. Never deliver goods for it.
    GivenBack(GivenBack),
    /// A payment that was reported is now closed or failed: a person has to decide.
    Reversed(Reversed),
    /// A payment that was reported as reversed is paid after all. It is not a second payment: if goods were delivered
    /// after the first report, do not deliver them again.
    Restored(Payment),
    /// The order ended without payment: refused, closed or failed.
    Ended(Ended),
    /// The gateway reports the order as paid or reserved, but with an amount other than the requested one: a person has
    /// to decide.
    Mismatch(Mismatch),
    /// A callback reports the order as paid, but no query has confirmed it: a person has to decide.
    Unconfirmed(Unconfirmed),
    /// No query shows whether money has moved: a person has to decide.
    Unresolved(Unresolved),
    /// The gateway knew the id before the first request: another shop, another till or a restored counter used it.
    /// Never deliver goods for it; a person has to decide.
    Conflict,
}

impl Kind {
    /// A stable name: `paid`, `paid_again`, `reserved`, `refunded`, `refund_failed`, `given_back`, `reversed`,
    /// `restored`, `ended`, `mismatch`, `unconfirmed`, `unresolved` or `conflict`.
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

    /// Whether a person has to decide.
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

    /// Whether this shows that the action's query supports it. A refund shows this only if an assumed query agreed with
    /// the gateway's reply; the refunded total of its payment proves nothing about the refund query.
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
