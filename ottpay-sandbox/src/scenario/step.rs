//! A step of a scenario.

use std::time::Duration;

use super::error::Place;
use crate::assume::Assumption;
use crate::order::Act;
use crate::planned_fault::PlannedFault;
use ottpay::Amount;

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) at: Place,
}

/// A step.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) at: Place,
    /// The title in reports: `pay T1`.
    pub(super) title: String,
    pub(super) operation: Operation,
}

/// The operation of a step. It names an order by its id, or by the name that an earlier `wait` has given it.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    /// Sends a request like a client.
    Create {
        /// The id in the request.
        id: Located<String>,
        action: Located<String>,
        fields: Vec<(Located<String>, Located<String>)>,
        outcome: Expected,
    },
    /// Waits until the shop has created an order, or until an order has a state.
    Wait {
        order: Located<String>,
        /// If present, the next order of this action gets the name.
        action: Option<Located<String>>,
        state: Option<String>,
        within: Duration,
    },
    /// Acts as the buyer, their bank, or time.
    Act {
        order: Located<String>,
        act: Act,
    },
    /// Posts a callback again.
    Resend {
        order: Located<String>,
        /// The number of the callback, from 1.
        callback: u32,
    },
    Fault {
        planned: PlannedFault,
        /// The places of the fault and of its action, for mistakes, and its order.
        at: Place,
        action: Option<Place>,
        order: Option<Located<String>>,
    },
    /// Moves the clock forward.
    Clock(Duration),
    Assume(Assumption),
    /// Compares an order with expected values.
    Expect {
        order: Located<String>,
        state: Option<String>,
        refunded: Option<Amount>,
        callback: Option<CallbackOutcome>,
        within: Duration,
    },
    /// Compares the number of requests with expected values.
    Received {
        action: Located<String>,
        order: Option<Located<String>>,
        count: Option<u64>,
        accepted: Option<u64>,
        refused: Option<u64>,
        within: Duration,
    },
}

/// What the client of a `create` step should know afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Accepted,
    Refused,
    /// The reply did not arrive, or is not trustworthy.
    Unknown,
}

impl Expected {
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("accepted", Self::Accepted), ("refused", Self::Refused), ("unknown", Self::Unknown)];

    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, outcome)| *outcome == self).map_or("", |(name, _)| name)
    }
}

/// The outcome of an order's callbacks, except forged ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallbackOutcome {
    /// The order has no callbacks.
    None,
    /// At least one callback waits for its next attempt.
    Waiting,
    /// All callbacks are acknowledged.
    Delivered,
    /// At least one callback has failed permanently, and none is pending.
    Failed,
}

impl CallbackOutcome {
    pub(super) const NAMES: [(&'static str, Self); 4] =
        [("none", Self::None), ("waiting", Self::Waiting), ("delivered", Self::Delivered), ("failed", Self::Failed)];

    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, outcome)| *outcome == self).map_or("", |(name, _)| name)
    }
}
