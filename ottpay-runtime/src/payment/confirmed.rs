//! What a verified query says about a payment or refund, compared with what was asked.

use std::fmt;

use crate::error::Refusal;
use crate::field::{Amount, Money, StatusClass};
use crate::spec::Evidence;

/// What the gateway says about an order, in a verified reply to a query, compared with what was asked.
///
/// The arms are exhaustive on purpose: another one is a new major version. Only [`Paid`](Self::Paid) is a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "only one of the arms means that money has arrived"]
pub enum Confirmed {
    /// The buyer has paid what was asked. Sure, as far as the query is documented: see [`Payment::evidence`]. A part may
    /// have been given back since: [`Payment::net`]. Hand over the goods, once.
    Paid(Payment),
    /// The money is reserved, **not** received. No documented call captures it: capture it in the Merchant Center.
    Reserved(Reservation),
    /// Not final: the buyer may still pay, or the refund is still under way. Ask again.
    Open,
    /// Closed or failed. A late payment is possible, so ask once more before the order is forgotten; for a new attempt take a
    /// new id.
    Ended(Ended),
    /// All of the money has been given back; for a refund: it went through. Never hand over goods for it.
    GivenBack(GivenBack),
    /// The status says paid or reserved, and the amount is not what was asked. Money may have arrived: a person decides.
    Mismatch(Mismatch),
    /// The gateway answered, and its answer does not say whether there is money. Ask again later, or ask OTT Pay.
    Unclear(Unclear),
    /// The gateway did not answer the query. That says nothing about the money: the order may be unknown to it, not yet
    /// known, or unknown to this query. Ask again.
    NoAnswer(NoAnswer),
}

impl Confirmed {
    /// The payment, if the order is paid.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Self::Paid(payment) => Some(payment),
            _ => None,
        }
    }

    /// Whether asking again soon may bring another answer: [`Open`](Self::Open) and [`NoAnswer`](Self::NoAnswer).
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::NoAnswer(_))
    }

    /// A stable word for a database column: `paid`, `reserved`, `open`, `ended`, `given_back`, `mismatch`, `unclear`,
    /// `no_answer`.
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

/// A sentence for a log: no ids, no names.
impl fmt::Display for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_unstated =
            |money: &Option<Money>| money.map_or("an unstated amount".to_owned(), |money| money.to_string());
        match self {
            Self::Paid(payment) => match payment.refunded.filter(|refunded| refunded.amount() != Amount::ZERO) {
                Some(refunded) => write!(f, "paid {}, of which {refunded} have been given back", payment.paid),
                None => write!(f, "paid {}", payment.paid),
            },
            Self::Reserved(reservation) => write!(f, "{} are reserved, not received", reservation.reserved),
            Self::Open => f.write_str("open"),
            Self::Ended(ended) => write!(f, "ended: {}", ended.word),
            Self::GivenBack(given) => write!(f, "given back: {}", or_unstated(&given.refunded)),
            Self::Mismatch(mismatch) => {
                write!(
                    f,
                    "asked for {}, the gateway says {}",
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
    /// It does, and it is the same.
    Echoed,
    /// It does not. The reply is to this query all the same, as far as the connection and the sign key prove it.
    Unstated,
}

/// Where the currency comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CurrencyBasis {
    /// The reply states it.
    Stated,
    /// The reply states none. It is assumed to be that of the request, or of the client: the rule for wallets.
    Assumed,
}

/// A payment that a verified query has confirmed, compared with what was asked. Nothing else makes one: it has no
/// constructor and is never read back from storage.
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
    /// The id that the request gave the order.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the request asked for, without tip and fee.
    pub fn asked(&self) -> Money {
        self.asked
    }

    /// What the gateway says was paid: the amount asked for, and what fee and tip explain. Whether the vendor's totals
    /// include them is not documented.
    pub fn paid(&self) -> Money {
        self.paid
    }

    /// The part of [`paid`](Self::paid) that is explained as a fee of OTT Pay.
    pub fn fee(&self) -> Money {
        self.fee.in_currency(self.paid.currency())
    }

    /// The part of [`paid`](Self::paid) that is explained as a tip.
    pub fn tip(&self) -> Money {
        self.tip.in_currency(self.paid.currency())
    }

    /// How much has been given back; nothing if the query does not state it, which is not the same as zero.
    pub fn refunded(&self) -> Option<Money> {
        self.refunded
    }

    /// What remains of the payment: [`paid`](Self::paid) less [`refunded`](Self::refunded); nothing if the latter is not
    /// stated.
    pub fn net(&self) -> Option<Money> {
        self.paid.checked_sub(self.refunded?).ok()
    }

    /// Whether the reply names the order.
    pub fn order(&self) -> Echo {
        self.order
    }

    /// Whether the reply names the merchant inside of what is authenticated.
    pub fn merchant(&self) -> Echo {
        self.merchant
    }

    /// Whether the reply states the currency.
    pub fn currency(&self) -> CurrencyBasis {
        self.currency
    }

    /// The query that was answered, by its method.
    pub fn query(&self) -> &'static str {
        self.query
    }

    /// Who says that this query serves the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// Money that is reserved on a card and not received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub(super) id: String,
    pub(super) reserved: Money,
    pub(super) evidence: Evidence,
}

impl Reservation {
    /// The id that the request gave the order.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The reserved amount, compared with what was asked.
    pub fn reserved(&self) -> Money {
        self.reserved
    }

    /// Who says that this query serves the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// An order without payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub(super) word: String,
    pub(super) class: StatusClass,
    pub(super) evidence: Evidence,
}

impl Ended {
    /// The gateway's word.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Closed or failed.
    pub fn class(&self) -> StatusClass {
        self.class
    }

    /// Who says that this query serves the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// Money that has been given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    pub(super) paid: Option<Money>,
    pub(super) refunded: Option<Money>,
    pub(super) evidence: Evidence,
}

impl GivenBack {
    /// What had been paid; nothing for a refund, or if the query does not state it.
    pub fn paid(&self) -> Option<Money> {
        self.paid
    }

    /// What has been given back; nothing if the query does not state it.
    pub fn refunded(&self) -> Option<Money> {
        self.refunded
    }

    /// Who says that this query serves the action.
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }
}

/// An amount that is not what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub(super) word: String,
    pub(super) asked: Option<Money>,
    pub(super) said: Option<Money>,
}

impl Mismatch {
    /// The gateway's word for the state.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// What the request asked for; nothing if it has no amount.
    pub fn asked(&self) -> Option<Money> {
        self.asked
    }

    /// What the gateway says; nothing if it states no amount.
    pub fn said(&self) -> Option<Money> {
        self.said
    }

    /// Whether less arrived than was asked, in the same currency.
    pub fn is_less(&self) -> bool {
        matches!((self.said, self.asked), (Some(said), Some(asked)) if said < asked)
    }

    /// `100` if the gateway seems to write the amount of a currency without decimals as if it had two: whether it does is not
    /// documented.
    pub fn scale(&self) -> Option<u64> {
        let (said, asked) = (self.said?, self.asked?);
        let is_scaled = asked.currency().decimals() == Some(0)
            && said.currency() == asked.currency()
            && asked.amount().minor().checked_mul(100) == Some(said.amount().minor());
        is_scaled.then_some(100)
    }
}

/// An answer that does not say whether there is money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    pub(super) word: String,
    pub(super) refunded: Option<Money>,
}

impl Unclear {
    /// The gateway's word; empty if it states none.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// How much of the payment has been given back, if the query states it: by any refund of it.
    pub fn refunded(&self) -> Option<Money> {
        self.refunded
    }
}

/// A query that was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer {
    pub(super) refusal: Refusal,
}

impl NoAnswer {
    /// The response code, in upper case.
    pub fn code(&self) -> &str {
        self.refusal.code()
    }

    /// The gateway's text, at most 200 characters of it.
    pub fn message(&self) -> &str {
        self.refusal.message()
    }
}
