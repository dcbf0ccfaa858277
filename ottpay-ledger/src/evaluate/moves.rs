//! The ways in which an order moves: it stays, changes its state, or reports an event.

use ottpay::payment::Mismatch;
use ottpay::spec::Evidence;

use super::case::{Case, Next, Step};
use crate::event::{Kind, Unresolved, Why, digest};
use crate::position::Position;
use crate::state::State;
use crate::told::increment;

impl Case<'_> {
    /// Keeps the position unchanged.
    pub(super) fn stay(&self, next: Next) -> Step {
        Step { after: self.position.clone(), event: None, next }
    }

    /// Returns the position in another state.
    pub(super) fn in_state(&self, state: State) -> Position {
        let mut after = self.position.clone();
        if after.state != state {
            after.state = state;
            after.told.since = self.now;
        }
        after
    }

    /// Changes the state without reporting it.
    pub(super) fn move_to(&self, state: State, next: Next) -> Step {
        Step { after: self.in_state(state), event: None, next }
    }

    /// Reports an event; the next step follows at once.
    pub(super) fn report(&self, after: Position, kind: Kind, transition: &str) -> Step {
        Step { after, event: Some((kind, self.key(transition))), next: Next::At(self.now) }
    }

    /// Reports that no query shows whether money has moved.
    pub(super) fn report_unresolved(&self, why: Why, text: &str) -> Step {
        let mut after = self.in_state(State::Unresolved);
        let number = increment(&mut after.told.unresolved);
        let unresolved = Unresolved { requested: self.requested(), why, text: text.to_owned(), since: self.noted_at };
        self.report(after, Kind::Unresolved(unresolved), &format!("unresolved:{number}"))
    }

    /// Reports that the id belongs to another order. Reported once.
    pub(super) fn report_conflict(&self) -> Step {
        let mut after = self.in_state(State::Conflict);
        if after.told.conflict > 0 {
            return Step { after, event: None, next: Next::Never };
        }
        increment(&mut after.told.conflict);
        self.report(after, Kind::Conflict, "conflict")
    }

    /// Reports a difference between the amounts, once for each difference. `state` is the order's state afterwards.
    /// Returns `None` if this difference has been reported before.
    pub(super) fn report_mismatch(&self, mismatch: &Mismatch, state: State) -> Option<Step> {
        let money = |money: Option<ottpay::Money>| money.map(|money| money.to_string()).unwrap_or_default();
        let [requested, reported] = [mismatch.requested(), mismatch.reported()].map(money);
        // Eight bytes are enough to tell the few amounts of one order apart.
        let digest = base16ct::lower::encode_string(digest([requested.as_str(), &reported]).first_chunk::<8>()?);
        let mut after = self.in_state(state);
        let is_new = after.told.add_mismatch(&digest);
        is_new.then(|| self.report(after, Kind::Mismatch(mismatch.clone()), &format!("mismatch:{digest}")))
    }

    /// Whether a query's answer may end a paid order or a refund. A query that is only assumed to support the action may
    /// not, until it has confirmed a payment.
    pub(super) fn trusts(&self, evidence: Evidence) -> bool {
        evidence != Evidence::Assumed || self.is_proven
    }

    /// When to query again after a hint: by the schedule, up to the order's horizon.
    pub(super) fn after_hint(&self) -> Next {
        if self.alive_at > self.position.told.since { self.next_scheduled(self.horizon()) } else { Next::Never }
    }

    /// The next time of the schedule, unless it is later than `end`.
    pub(super) fn next_scheduled(&self, end: i64) -> Next {
        self.limits.schedule.next(self.alive_at, self.now).filter(|at| *at <= end).map_or(Next::Never, Next::At)
    }

    /// When the order lapses if no buyer has paid it.
    pub(super) fn horizon(&self) -> i64 {
        self.alive_at.saturating_add(self.limits.horizon)
    }
}
