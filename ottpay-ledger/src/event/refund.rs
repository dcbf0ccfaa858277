//! What an event says about a refund.

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
    /// The id of the refund, if this ledger noted it; nothing if it was made elsewhere, such as in the Merchant Center.
    pub fn refund(&self) -> Option<&str> {
        self.refund.as_deref()
    }

    /// How much has gone back by this.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// How much of the payment has gone back so far, as far as the ledger has reported it.
    pub fn total(&self) -> Money {
        self.total
    }

    /// Who says that the query which told so serves the action; nothing where the query of a payment stated its total.
    pub fn evidence(&self) -> Option<Evidence> {
        self.evidence
    }
}

/// A refund by which no money has gone back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundFailed {
    pub(crate) amount: Option<Money>,
    pub(crate) reason: Reason,
    pub(crate) code: Option<String>,
    pub(crate) text: String,
}

impl RefundFailed {
    /// How much was to go back.
    pub fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The response code of a refusal.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The gateway's text of a refusal, or else its word for the state.
    pub fn text(&self) -> &str {
        &self.text
    }
}
