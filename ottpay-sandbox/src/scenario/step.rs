//! A step of a scenario.

use std::time::Duration;

use super::error::Place;
use crate::assume::Assumption;
use crate::order::Act;
use crate::planned_fault::PlannedFault;
use ottpay::Amount;

/// A value, and where it is written.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) at: Place,
}

/// A step.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) at: Place,
    /// As it is reported: `pay T1`.
    pub(super) title: String,
    pub(super) operation: Operation,
}

/// What a step does. An order is named by its id, or by the name that an earlier `wait` has given it.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    /// Sends a request as a client would.
    Create {
        /// The id in the request.
        id: Located<String>,
        action: Located<String>,
        fields: Vec<(Located<String>, Located<String>)>,
        outcome: Expected,
    },
    /// Waits until the shop has created an order, or until one has a state.
    Wait {
        order: Located<String>,
        /// If given, the next order of this action gets the name.
        action: Option<Located<String>>,
        state: Option<String>,
        within: Duration,
    },
    /// Plays the buyer, their bank, or time.
    Act {
        order: Located<String>,
        act: Act,
    },
    /// Sends a callback again.
    Resend {
        order: Located<String>,
        /// Counted from 1.
        callback: u32,
    },
    Fault {
        planned: PlannedFault,
        /// Where the fault is named, and where its action and its order are.
        at: Place,
        action: Option<Place>,
        order: Option<Located<String>>,
    },
    /// Moves the clock forward.
    Clock(Duration),
    Assume(Assumption),
    /// Compares an order.
    Expect {
        order: Located<String>,
        state: Option<String>,
        refunded: Option<Amount>,
        callback: Option<CallbackOutcome>,
        within: Duration,
    },
    /// Compares the number of requests.
    Received {
        action: Located<String>,
        order: Option<Located<String>>,
        count: Option<u64>,
        accepted: Option<u64>,
        refused: Option<u64>,
        within: Duration,
    },
}

/// What the client of a `create` is expected to know afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Accepted,
    Refused,
    /// The reply did not arrive, or cannot be believed.
    Unknown,
}

impl Expected {
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("accepted", Self::Accepted), ("refused", Self::Refused), ("unknown", Self::Unknown)];

    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, outcome)| *outcome == self).map_or("", |(name, _)| name)
    }
}

/// What has become of the callbacks of an order, those that are forged aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallbackOutcome {
    /// There are none.
    None,
    /// At least one waits for its next attempt.
    Waiting,
    /// All are acknowledged.
    Delivered,
    /// At least one was given up, and none waits.
    Failed,
}

impl CallbackOutcome {
    pub(super) const NAMES: [(&'static str, Self); 4] =
        [("none", Self::None), ("waiting", Self::Waiting), ("delivered", Self::Delivered), ("failed", Self::Failed)];

    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, outcome)| *outcome == self).map_or("", |(name, _)| name)
    }
}
