//! How an order ended, as an event describes it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ottpay::Money;

/// Why an order or refund ended without payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The gateway rejected the request.
    Refused,
    /// The order or refund expired, was cancelled or was closed.
    Closed,
    /// The order or refund failed.
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

/// An order that ended without payment. This is not final: a late payment is an event of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub(crate) reason: Reason,
    pub(crate) code: Option<String>,
    pub(crate) text: String,
}

impl Ended {
    /// Why it ended.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The gateway's response code, if the request was refused.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The gateway's text if the request was refused, otherwise its word for the status.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A payment that was reported as paid, and that the gateway now reports as closed or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversed {
    pub(crate) number: u32,
    pub(crate) paid: Money,
    pub(crate) reason: Reason,
    pub(crate) word: String,
}

impl Reversed {
    /// How many reversals of this order there have been, including this one.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The amount that was reported as paid.
    pub fn paid(&self) -> Money {
        self.paid
    }

    /// Whether it is closed or failed.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The gateway's word for the status.
    pub fn word(&self) -> &str {
        &self.word
    }
}

/// A callback that names the requested amount and shows no sign of alteration, but that no query has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    pub(crate) requested: Option<Money>,
    pub(crate) since: i64,
}

impl Unconfirmed {
    /// The requested amount.
    pub fn requested(&self) -> Option<Money> {
        self.requested
    }

    /// When the callback arrived.
    pub fn since(&self) -> SystemTime {
        to_system_time(self.since)
    }
}

/// Why the ledger does not know whether money has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// None of the gateway's answers states it.
    NoAnswer,
    /// The gateway answers with a status whose meaning is not documented.
    UnclearWord,
    /// The gateway's answer contains an amount that cannot be read.
    UnreadableMoney,
    /// The gateway could not be queried: the action has no query, or the client's settings do not fit the order.
    CannotAsk,
    /// Money has been reserved for longer than reservations last.
    ReservedTooLong,
    /// The gateway's answer contradicts an earlier one.
    Contradiction,
}

impl Why {
    /// A stable name, such as `no_answer`.
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

/// An order for which no query shows whether money has moved. A person has to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    pub(crate) requested: Option<Money>,
    pub(crate) why: Why,
    pub(crate) text: String,
    pub(crate) since: i64,
}

impl Unresolved {
    /// The requested amount.
    pub fn requested(&self) -> Option<Money> {
        self.requested
    }

    /// Why it is not known.
    pub fn why(&self) -> Why {
        self.why
    }

    /// The last answer, for people.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// When the order was noted.
    pub fn since(&self) -> SystemTime {
        to_system_time(self.since)
    }
}

/// Converts milliseconds since 1970 to a time.
fn to_system_time(milliseconds: i64) -> SystemTime {
    let since = Duration::from_millis(milliseconds.try_into().unwrap_or(0));
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}
