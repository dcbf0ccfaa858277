//! Words of open sets: enums that grow without notice.

use std::fmt;

/// A word that the specification does not list; the payload of each enum's `Other`.
#[derive(Clone, PartialEq, Eq)]
pub struct Word(Box<str>);

impl Word {
    /// For generated code: a word that no variant stands for.
    #[doc(hidden)]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The word as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How the gateway's status words compare: without outer white space, in lower case, with `_` for hyphens and
    /// blanks.
    #[doc(hidden)]
    pub fn normalised(text: &str) -> String {
        text.trim().to_lowercase().replace(['-', ' '], "_")
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a status word says about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusClass {
    /// The buyer has paid.
    Paid,
    /// The money is reserved, **not** received.
    Authorised,
    /// Not final: the buyer may still pay.
    Pending,
    /// Final, not paid: expired, cancelled or closed.
    Closed,
    /// Final, not paid: the payment failed.
    Failed,
    /// All of the money has been given back.
    Refunded,
    /// A part of the money has been given back.
    PartiallyRefunded,
    /// A word whose meaning nobody has documented. Neither paid nor unpaid: ask again, or ask the vendor.
    Unknown,
}
