//! An order in a test: its position, the clock and the flags, moved on by one answer after the other.

use ottpay::Amount;
use ottpay::payment::Tracked;

use super::super::case::{Case, Found, Limits, Next};
use super::super::step::evaluate;
use crate::event::{Key, Kind};
use crate::position::Position;
use crate::schedule::DAY;
use crate::state::State;

/// When each order of the tests is noted.
pub(super) const NOTED: i64 = 1_000_000;

#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) tracked: Tracked,
    pub(super) position: Position,
    pub(super) alive_at: i64,
    pub(super) now: i64,
    pub(super) vouched_at: Option<i64>,
    pub(super) is_proven: bool,
    pub(super) refund_in_flight: bool,
    pub(super) known_refunded: Amount,
    pub(super) other_paid: bool,
    pub(super) refusal: Option<&'static str>,
    pub(super) limits: Limits,
    pub(super) next: Next,
}

impl Order {
    pub(super) fn new(tracked: Tracked, state: State) -> Self {
        Self {
            tracked,
            position: Position::new(state),
            alive_at: NOTED,
            now: NOTED + 1000,
            vouched_at: None,
            is_proven: false,
            refund_in_flight: false,
            known_refunded: Amount::ZERO,
            other_paid: false,
            refusal: Some("PARAM_ERROR: format"),
            limits: Limits::default(),
            next: Next::Never,
        }
    }

    /// Takes steps until there is no event, like the worker, and returns what was reported.
    pub(super) fn ask(&mut self, found: &Found) -> Vec<(Kind, Key)> {
        let events = self.steps(found, 8);
        assert!(events.len() < 8, "no end of events: {events:?}");
        events
    }

    /// Takes this many steps, or until there is no event.
    pub(super) fn steps(&mut self, found: &Found, most: usize) -> Vec<(Kind, Key)> {
        let mut events = Vec::new();
        for _ in 0..most {
            let case = Case {
                tracked: &self.tracked,
                position: &self.position,
                noted_at: NOTED,
                alive_at: self.alive_at,
                now: self.now,
                vouched_at: self.vouched_at,
                is_proven: self.is_proven,
                refund_in_flight: self.refund_in_flight,
                known_refunded: self.known_refunded,
                other_paid: self.other_paid,
                refusal: self.refusal,
                limits: &self.limits,
            };
            let step = evaluate(&case, found);
            if step.after != self.position {
                assert_eq!(Position::from_json(&step.after.to_json()).as_ref(), Ok(&step.after));
            }
            self.position = step.after;
            self.next = step.next;
            match step.event {
                Some(event) => events.push(event),
                None => return events,
            }
        }
        events
    }

    /// The words of what was reported.
    pub(super) fn words(&mut self, found: &Found) -> Vec<&'static str> {
        self.ask(found).iter().map(|(kind, _)| kind.as_str()).collect()
    }

    /// The only thing that was reported.
    pub(super) fn one(&mut self, found: &Found) -> Kind {
        let mut events = self.ask(found);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0).0
    }

    pub(super) fn state(&self) -> State {
        self.position.state
    }

    /// Moves the clock by this many days.
    pub(super) fn days(&mut self, days: i64) -> &mut Self {
        self.now += days * DAY;
        self
    }

    /// Adds a hint now.
    pub(super) fn hint(&mut self) -> &mut Self {
        self.now += 1;
        self.alive_at = self.now;
        self
    }
}
