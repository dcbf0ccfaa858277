//! What a step is made of, and what comes out of it.

use std::fmt;

use ottpay::payment::{FollowError, Resolved, Tracked};
use ottpay::spec::{Moves, Role};
use ottpay::{Amount, Money};

use crate::event::{Key, Kind};
use crate::position::Position;
use crate::schedule::{DAY, Schedule};

/// An order, as it is in its row and those beside it. Times are milliseconds since 1970 by the database's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) tracked: &'a Tracked,
    pub(crate) position: &'a Position,
    pub(crate) noted_at: i64,
    /// The last sign of life: when it was noted, or a hint.
    pub(crate) alive_at: i64,
    pub(crate) now: i64,
    /// When a callback that bears no sign of alteration named the asked amount.
    pub(crate) vouched_at: Option<i64>,
    /// Whether a query has confirmed a payment (for refunds: a refund) of this action and merchant before.
    pub(crate) is_proven: bool,
    /// Of a payment: whether a refund of it has no end yet.
    pub(crate) refund_in_flight: bool,
    /// The sum of the refunds of this ledger that went through: of this payment, or of the payment that this refund gives back.
    pub(crate) known_refunded: Amount,
    /// Whether another order of the reference was reported as its payment.
    pub(crate) other_paid: bool,
    /// How the gateway refused the request, `CODE: text`: the column `answer` of an order that was refused.
    pub(crate) refusal: Option<&'a str>,
    pub(crate) limits: &'a Limits,
}

/// The times of the ledger's settings.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) schedule: Schedule,
    /// How long after the last sign of life an order lapses that no buyer has paid.
    pub(crate) horizon: i64,
    /// How long a callback may be without a query that confirms it.
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

    /// Whether money moves without the buyer.
    pub(crate) fn is_at_once(&self) -> bool {
        self.tracked.moves() == Moves::AtOnce
    }

    /// What was asked for, if its currency is known.
    pub(crate) fn asked(&self) -> Option<Money> {
        Some(self.tracked.amount()?.in_currency(self.tracked.currency()?))
    }

    /// The key of a transition of this order.
    pub(crate) fn key(&self, transition: &str) -> Key {
        let Self { tracked, .. } = self;
        Key::new(tracked.environment(), tracked.merchant_id(), tracked.id(), transition)
    }
}

/// What the gateway says, if it was asked.
#[derive(Debug)]
pub(crate) enum Found {
    Resolved(Resolved),
    Failed(FollowError),
    /// The notes alone decide.
    NotAsked,
}

/// For people: the column `answer`.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolved(resolved) => resolved.fmt(f),
            Self::Failed(error) => error.fmt(f),
            Self::NotAsked => f.write_str("not asked"),
        }
    }
}

/// One step of an order. While there is an event, the next step begins from `after` with the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) after: Position,
    pub(crate) event: Option<(Kind, Key)>,
    /// When to ask again, once there is no further event.
    pub(crate) next: Next,
}

/// When the gateway is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// At this place of the schedule, which is at this time.
    Scheduled { step: u32, at: i64 },
    /// At this time.
    At(i64),
    /// Only after a hint.
    Never,
}

impl Next {
    /// The column `next_at`.
    pub(crate) fn at(self) -> Option<i64> {
        match self {
            Self::Scheduled { at, .. } | Self::At(at) => Some(at),
            Self::Never => None,
        }
    }

    /// The column `step`.
    pub(crate) fn step(self) -> u32 {
        match self {
            Self::Scheduled { step, .. } => step,
            Self::At(_) | Self::Never => 0,
        }
    }

    /// The earlier of both.
    pub(crate) fn earlier(self, other: Self) -> Self {
        match (self.at(), other.at()) {
            (Some(at), Some(before)) if before < at => other,
            (None, _) => other,
            (Some(_), _) => self,
        }
    }
}
