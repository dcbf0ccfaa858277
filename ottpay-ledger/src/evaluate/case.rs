//! The input and the result of a step.

use std::fmt;

use ottpay::payment::{FollowError, Resolved, Tracked};
use ottpay::spec::{Moves, Role};
use ottpay::{Amount, Money};

use crate::event::{Key, Kind};
use crate::position::Position;
use crate::schedule::{DAY, Schedule};

/// An order, as stored in its row and in related tables. Times are milliseconds since 1970 by the database's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) tracked: &'a Tracked,
    pub(crate) position: &'a Position,
    pub(crate) noted_at: i64,
    /// The last sign of activity: when the order was noted, or its latest hint.
    pub(crate) alive_at: i64,
    pub(crate) now: i64,
    /// When a callback without signs of alteration named the requested amount.
    pub(crate) vouched_at: Option<i64>,
    /// Whether a query has confirmed a payment (for refunds: a refund) of this action and merchant before.
    pub(crate) is_proven: bool,
    /// For payments: whether one of its refunds is still unfinished.
    pub(crate) refund_in_flight: bool,
    /// The sum of this ledger's successful refunds of this payment, or, if this is a refund, of the payment it refunds.
    pub(crate) known_refunded: Amount,
    /// Whether another order of the same reference was reported as paid.
    pub(crate) other_paid: bool,
    /// The gateway's refusal of the request as `CODE: text`; from the `answer` column of a refused order.
    pub(crate) refusal: Option<&'a str>,
    pub(crate) limits: &'a Limits,
}

/// The time limits from the ledger's settings.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) schedule: Schedule,
    /// How long after the last sign of activity an order lapses if no buyer has paid it.
    pub(crate) horizon: i64,
    /// How long a callback may remain without a query that confirms it.
    pub(crate) unconfirmed_after: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { schedule: Schedule::default(), horizon: 7 * DAY, unconfirmed_after: DAY }
    }
}

impl Case<'_> {
    pub(crate) fn is_refund(&self) -> bool {
        self.tracked.own_role() == Role::Refund
    }

    /// Whether money moves without an action of the buyer.
    pub(crate) fn is_at_once(&self) -> bool {
        self.tracked.moves() == Moves::AtOnce
    }

    /// The requested amount, if its currency is known.
    pub(crate) fn requested(&self) -> Option<Money> {
        Some(self.tracked.amount()?.in_currency(self.tracked.currency()?))
    }

    /// The key of a transition of this order.
    pub(crate) fn key(&self, transition: &str) -> Key {
        let Self { tracked, .. } = self;
        Key::new(tracked.environment(), tracked.merchant_id(), tracked.id(), transition)
    }
}

/// The gateway's answer, if it was queried.
#[derive(Debug)]
pub(crate) enum Found {
    Resolved(Resolved),
    Failed(FollowError),
    /// Only the stored order decides.
    NotAsked,
}

/// Formats the answer for people, for the `answer` column.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolved(resolved) => resolved.fmt(f),
            Self::Failed(error) => error.fmt(f),
            Self::NotAsked => f.write_str("not asked"),
        }
    }
}

/// One step of an order. If it has an event, the next step starts from `after` with the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) after: Position,
    pub(crate) event: Option<(Kind, Key)>,
    /// When to query again, once there are no further events.
    pub(crate) next: Next,
}

/// When to query the gateway again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// At this time.
    At(i64),
    /// Only after a hint.
    Never,
}

impl Next {
    /// The value for the `next_at` column.
    pub(crate) fn due_at(self) -> Option<i64> {
        match self {
            Self::At(at) => Some(at),
            Self::Never => None,
        }
    }

    /// Returns the earlier of the two.
    pub(crate) fn earlier(self, other: Self) -> Self {
        match (self, other) {
            (Self::At(at), Self::At(before)) => Self::At(at.min(before)),
            (Self::Never, next) | (next, Self::Never) => next,
        }
    }
}
