//! The answer of a verified query about a payment or refund, compared with the request.

use std::fmt;

use crate::error::Refusal;
use crate::field::{Amount, Money, StatusClass};
use crate::spec::Evidence;

/// What the gateway reports about an order in a verified reply to a query, compared with the request.
///
/// The variants are exhaustive on purpose: adding one requires a new major version. Only [`Paid`](Self::Paid) is a
/// payment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "only one of the variants means that money has arrived"]
pub enum Confirmed {
    /// The buyer has paid the requested amount. This is as certain as the documentation of the query: see
    /// [`Payment::evidence`]. A part may have been refunded since: [`Payment::net`]. Deliver the goods, once.
    Paid(Payment),
    /// The money is reserved, **not** received. No documented call captures it: capture it in the Merchant Center.
    Reserved(Reservation),
    /// Not final: the buyer may still pay, or the refund is still in progress. Query again.
    Open,
    /// Closed or failed. A late payment is possible, so query again before you discard the order. Use a new id for
    /// a new attempt.
    Ended(Ended),
    /// All of the money has gone back; for a refund: it succeeded. Never deliver goods for it.
    GivenBack(GivenBack),
    /// The status is paid or reserved, but the amount is not the requested one. Money may have arrived: a person has to
    /// decide.
    Mismatch(Mismatch),
    /// The gateway's answer does not state whether there is money. Query again later, or ask OTT Pay.
    Unclear(Unclear),
    /// The gateway did not answer the query. This states nothing about the money: the gateway may not know the order,
    /// may not know it yet, or may not support it in this query. Query again.
    NoAnswer(NoAnswer),
}

impl Confirmed {
    /// Returns the payment, if the order is paid.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Self::Paid(payment) => Some(payment),
            _ => None,
        }
    }

    /// Whether another query may soon give another answer: [`Open`](Self::Open) and [`NoAnswer`](Self::NoAnswer).
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::NoAnswer(_))
    }

    /// Returns a stable name for a database column: `paid`, `reserved`, `open`, `ended`, `given_back`, `mismatch`,
    /// `unclear` or `no_answer`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Paid(_) => "paid",
            Self::Reserved(_) => "reserved",
            Self::Open => "open",
            Self::Ended(_) => "ended",
            Self::GivenBack(_) => "given_back",
            Self::Mismatch(_) => "mismatch",
            Self::Unclear(_) => "unclear",
            Self::NoAnswer(_) => "no_answer",
        }
    }
}

/// A sentence for a log, without ids and names.
impl fmt::Display for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_unstated =
            |money: &Option<Money>| money.map_or("an unstated amount".to_owned(), |money| money.to_string());
        match self {
            Self::Paid(payment) => match payment.refunded.filter(|refunded| refunded.amount() != Amount::ZERO) {
                Some(refunded) => write!(f, "paid {}, of which {refunded} was refunded", payment.paid),
                None => write!(f, "paid {}", payment.paid),
            },
            Self::Reserved(reservation) => write!(f, "{} is reserved, not received", reservation.reserved),
            Self::Open => f.write_str("open"),
            Self::Ended(ended) => write!(f, "ended: {}", ended.word),
            Self::GivenBack(given) => write!(f, "refunded: {}", or_unstated(&given.refunded)),
            Self::Mismatch(mismatch) => {
                write!(
                    f,
                    "requested {}, but the gateway reports {}",
                    or_unstated(&mismatch.asked),
                    or_unstated(&mismatch.said)
                )
            }
            Self::Unclear(unclear) => write!(f, "unclear: {}", unclear.word),
            Self::NoAnswer(answer) => write!(f, "no answer: {}", answer.refusal),
        }
    }
}

/// Whether the reply names what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Echo {
    /// It does, and the value is the expected one.
    Echoed,
    /// It does not. It is nevertheless the reply to this query, as far as the connection and the sign key prove.
    Unstated,
}

/// How the currency is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CurrencyBasis {
    /// The reply states it.
    Stated,
    /// The reply does not state it. It is assumed to be that of the request or the client, as is the rule for wallets.
    Assumed,
}

/// A payment that a verified query has confirmed, compared with the request. Nothing else creates one: it has no
/// constructor and cannot be read back from storage.
///
/// ```compile_fail
/// # extern crate ottpay_runtime as ottpay;
/// let payment = ottpay::payment::Payment::default();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub(super) id: String,
    pub(super) asked: Money,
    pub(super) paid: Money,
    pub(super) fee: Amount,
    pub(super) tip: Amount,
    pub(super) refunded: Option<Money>,
    pub(super) order: Echo,
    pub(super) merchant: Echo,
    pub(super) currency: CurrencyBasis,
    pub(super) query: &'static str,
    pub(super) evidence: Evidence,
}

impl Payment {
    /// Returns the id that the request gave the order.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the requested amount, without tip and fee.
    pub fn requested(&self) -> Money {
        self.asked
    }

    /// Returns the amount that the gateway reports as paid: the requested amount, plus what the fee and the tip
    /// explain. Whether the vendor's totals include these is not documented.
    pub fn paid(&self) -> Money {
        self.paid
    }

    /// Returns the part of [`paid`](Self::paid) that is explained as a fee of OTT Pay.
    pub fn fee(&self) -> Money {
        self.fee.in_currency(self.paid.currency())
    }

    /// Returns the part of [`paid`](Self::paid) that is explained as a tip.
    pub fn tip(&self) -> Money {
        self.tip.in_currency(self.paid.currency())
    }

    /// Returns how much has been refunded; `None` if the query does not state it, which is not the same as zero.
    pub fn refunded(&self) -> Option<Money> {
        self.refunded
    }

    /// Returns what remains of the payment: [`paid`](Self::paid) minus [`refunded`](Self::refunded); `None` if the
    /// latter is not stated.
    pub fn net(&self) -> Option<Money> {
        // Cannot fail: both amounts have one currency, and a payment that was refunded in full is `GivenBack`.
        self.paid.checked_sub(self.refunded?).ok()
    }

    /// Whether the reply names the order.
    pub fn order(&self) -> Echo {
        self.order
    }

    /// Whether the authenticated part of the reply names the merchant.
    pub fn merchant(&self) -> Echo {
        self.merchant
    }

    /// Whether the reply states the currency.
    pub fn currency(&self) -> CurrencyBasis {
        self.currency
    }

    /// Returns the method of the query that was answered.
    pub fn query(&self) -> &'static str {
        self.query
    }

    /// Returns the evidence that this query supports the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// Money that is reserved on a card but not received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub(super) id: String,
    pub(super) reserved: Money,
    pub(super) evidence: Evidence,
}

impl Reservation {
    /// Returns the id that the request gave the order.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the reserved amount, which has been compared with the request.
    pub fn reserved(&self) -> Money {
        self.reserved
    }

    /// Returns the evidence that this query supports the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// An order that ended without payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub(super) word: String,
    pub(super) class: StatusClass,
    pub(super) evidence: Evidence,
}

impl Ended {
    /// Returns the gateway's word for the status.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Whether it is closed or failed.
    pub fn class(&self) -> StatusClass {
        self.class
    }

    /// Returns the evidence that this query supports the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// Money that has gone back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    pub(super) paid: Option<Money>,
    pub(super) refunded: Option<Money>,
    pub(super) evidence: Evidence,
}

impl GivenBack {
    /// Returns the amount that was paid; `None` for a refund, or if the query does not state it.
    pub fn paid(&self) -> Option<Money> {
        self.paid
    }

    /// Returns the amount that has gone back; `None` if the query does not state it.
    pub fn refunded(&self) -> Option<Money> {
        self.refunded
    }

    /// Returns the evidence that this query supports the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// An amount that differs from the requested one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub(super) word: String,
    pub(super) asked: Option<Money>,
    pub(super) said: Option<Money>,
}

impl Mismatch {
    /// Returns the gateway's word for the status.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Returns the requested amount; `None` if the request has none.
    pub fn requested(&self) -> Option<Money> {
        self.asked
    }

    /// Returns the amount that the gateway reports; `None` if it states none.
    pub fn reported(&self) -> Option<Money> {
        self.said
    }

    /// Whether less than the requested amount arrived, in the same currency.
    pub fn is_less(&self) -> bool {
        // Money in another currency is neither less nor more.
        matches!((self.said, self.asked), (Some(said), Some(asked)) if said < asked)
    }

    /// `100` if the gateway appears to write the amount of a currency without decimals as if it had two. Whether it
    /// does so is not documented.
    pub fn scale(&self) -> Option<u64> {
        let (said, asked) = (self.said?, self.asked?);
        let is_scaled = asked.currency().decimals() == Some(0)
            && said.currency() == asked.currency()
            && asked.amount().minor().checked_mul(100) == Some(said.amount().minor());
        is_scaled.then_some(100)
    }
}

/// An answer that does not state whether there is money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    pub(super) word: String,
    pub(super) refunded: Option<Money>,
}

impl Unclear {
    /// Returns the gateway's word for the status; empty if it states none.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Returns how much of the payment has been refunded, by any of its refunds, if the query states it.
    pub fn refunded(&self) -> Option<Money> {
        self.refunded
    }
}

/// A query without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer {
    pub(super) refusal: Refusal,
}

impl NoAnswer {
    /// Returns the response code, in upper case.
    pub fn code(&self) -> &str {
        self.refusal.code()
    }

    /// Returns the gateway's text, at most 200 characters.
    pub fn message(&self) -> &str {
        self.refusal.message()
    }
}
