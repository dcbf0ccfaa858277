//! Refunds, as an event describes them.

use ottpay::Money;
use ottpay::spec::Evidence;

use super::end::Reason;

/// Money that has gone back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    pub(crate) refund: Option<String>,
    pub(crate) amount: Money,
    pub(crate) total: Money,
    pub(crate) evidence: Option<Evidence>,
}

impl Refunded {
    /// The id of the refund, if this ledger noted it; `None` if it was made elsewhere, such as in the Merchant Center.
    pub fn refund(&self) -> Option<&str> {
        self.refund.as_deref()
    }

    /// How much this refund has returned to the buyer.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// How much of the payment has gone back in total, as far as the ledger has reported it.
    pub fn total(&self) -> Money {
        self.total
    }

    /// How it is known that the query which confirmed the refund supports the action; `None` if the query of the
    /// payment stated a total.
    pub fn evidence(&self) -> Option<Evidence> {
        self.evidence
    }
}

/// A refund that failed: it moved no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundFailed {
    pub(crate) amount: Option<Money>,
    pub(crate) reason: Reason,
    pub(crate) code: Option<String>,
    pub(crate) text: String,
}

impl RefundFailed {
    /// How much should have gone back.
    pub fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// Why it failed.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The gateway's response code, if the refund was refused.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The gateway's text if the refund was refused, otherwise its word for the status.
    pub fn text(&self) -> &str {
        &self.text
    }
}
