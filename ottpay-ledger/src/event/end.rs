//! What an event says about the end of an order.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ottpay::Money;

/// Why an order or refund ended without payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The gateway rejected the request.
    Refused,
    /// It expired, was cancelled or closed.
    Closed,
    /// It failed.
    Failed,
}

impl Reason {
    /// `refused`, `closed` or `failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }
}

/// An order that ended without payment. It is not final: a late payment is an event of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub(crate) reason: Reason,
    pub(crate) code: Option<String>,
    pub(crate) text: String,
}

impl Ended {
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

/// A payment that was reported, and that the gateway now calls closed or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversed {
    pub(crate) number: u32,
    pub(crate) paid: Money,
    pub(crate) reason: Reason,
    pub(crate) word: String,
}

impl Reversed {
    /// How many reversals of this order there have been, with this one.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What had been reported as paid.
    pub fn paid(&self) -> Money {
        self.paid
    }

    /// Closed or failed.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The gateway's word.
    pub fn word(&self) -> &str {
        &self.word
    }
}

/// A callback that named the asked amount and bears no sign of alteration, and that no query has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    pub(crate) asked: Option<Money>,
    pub(crate) since: i64,
}

impl Unconfirmed {
    /// What the request asked for.
    pub fn asked(&self) -> Option<Money> {
        self.asked
    }

    /// When the callback came.
    pub fn since(&self) -> SystemTime {
        time(self.since)
    }
}

/// Why the ledger does not know whether money has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The gateway has given no answer that says so, as often as it was asked.
    NoAnswer,
    /// The gateway answers with a word whose meaning is not documented.
    UnclearWord,
    /// The gateway's answer has an amount that cannot be read.
    UnreadableMoney,
    /// The gateway could not be asked: no query, or the client's settings do not fit the order.
    CannotAsk,
    /// Money has been reserved for longer than reservations last.
    ReservedTooLong,
    /// What the gateway says contradicts what it said before.
    Contradiction,
}

impl Why {
    /// A stable word, such as `no_answer`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::UnclearWord => "unclear_word",
            Self::UnreadableMoney => "unreadable_money",
            Self::CannotAsk => "cannot_ask",
            Self::ReservedTooLong => "reserved_too_long",
            Self::Contradiction => "contradiction",
        }
    }
}

/// No query says whether money has moved: a person has to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    pub(crate) asked: Option<Money>,
    pub(crate) why: Why,
    pub(crate) text: String,
    pub(crate) since: i64,
}

impl Unresolved {
    /// What the request asked for.
    pub fn asked(&self) -> Option<Money> {
        self.asked
    }

    /// Why.
    pub fn why(&self) -> Why {
        self.why
    }

    /// The last answer, for people.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// When the order was noted.
    pub fn since(&self) -> SystemTime {
        time(self.since)
    }
}

/// Milliseconds since 1970, as a time.
fn time(milliseconds: i64) -> SystemTime {
    let since = Duration::from_millis(milliseconds.try_into().unwrap_or(0));
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}
