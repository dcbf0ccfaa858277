//! What must hold in every state.

use std::collections::BTreeMap;

use ottpay_ledger::State;

use super::gateway::MINOR;
use super::invariant::Invariant;
use super::shared::Inner;
use crate::common::is_left_to_a_person;

/// Where each order is in its row.
pub(crate) type States = BTreeMap<String, State>;

pub(crate) fn read_states(inner: &mut Inner) -> States {
    let rows = inner.database.must("SELECT id, state FROM ottpay_orders", &[]).rows;
    rows.iter().map(|row| (row.get(0).unwrap(), row.get::<String>(1).unwrap().parse().unwrap())).collect()
}

/// A step from one state to the next.
pub(crate) fn check_step(inner: &mut Inner, before: &States, after: &States) {
    for (id, state) in before.iter().filter(|(_, state)| matches!(state, State::Paid | State::PaidAgain)) {
        let is_kept = matches!(after[id], State::Paid | State::PaidAgain | State::Reversed | State::Settled);
        inner.checks.check(Invariant::NothingUndone, is_kept, || format!("{id} was {state} and is {}", after[id]));
    }
    inner
        .watch
        .unpayable
        .extend(after.iter().filter(|(_, state)| **state == State::Unpayable).map(|(id, _)| id.clone()));
}

/// A state without an open transaction. `is_working` is true if a worker or claimant runs.
pub(crate) fn check_state(inner: &mut Inner, states: &States, is_working: bool) {
    check_hints(inner, is_working);
    check_effects(inner, states);
    let is_within = inner.gateway.orders.values().all(|order| order.given_back <= MINOR);
    inner.checks.check(Invariant::NoMoreThanPaid, is_within, || "more was given back than was paid".to_owned());
}

fn check_hints(inner: &mut Inner, is_working: bool) {
    let seen = "SELECT COALESCE((SELECT SUM(seen) FROM ottpay_hints WHERE id = $1), 0)
                    + COALESCE((SELECT SUM(seen) FROM ottpay_strays WHERE id = $1), 0)";
    let mut is_stored = true;
    for (id, acknowledged) in inner.watch.acknowledged.clone() {
        is_stored &= inner.database.number(seen, &[id.into()]) >= Some(acknowledged);
    }
    inner.checks.check(Invariant::AcknowledgedIsStored, is_stored, || "an acknowledged callback is gone".to_owned());
    // A turn that has failed is retried on a schedule of its own.
    let waiting = "SELECT COUNT(*) FROM ottpay_orders AS o WHERE o.id = $1 AND o.tries = 0
        AND o.state IN ('open', 'unpayable', 'unknown', 'sending')
        AND NOT EXISTS (SELECT 1 FROM ottpay_hints AS h WHERE h.id = o.id AND h.seen > h.taken)";
    let mut is_kept = true;
    for id in inner.watch.to_ask.clone() {
        is_kept &= is_working || inner.database.number(waiting, &[id.into()]) == Some(0);
    }
    inner.checks.check(Invariant::HintIsKept, is_kept, || "the hint of a callback was dropped".to_owned());
}

fn check_effects(inner: &mut Inner, states: &States) {
    let database = &mut inner.database;
    let most = "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM shop_effects GROUP BY event_key)";
    let is_once = database.number(most, &[]).unwrap_or(0) <= 1;
    let unequal = "SELECT (SELECT COUNT(*) FROM ottpay_events WHERE done_at IS NOT NULL
            AND key NOT IN (SELECT event_key FROM shop_effects))
        + (SELECT COUNT(*) FROM shop_effects
            WHERE event_key NOT IN (SELECT key FROM ottpay_events WHERE done_at IS NOT NULL))";
    let is_marked = database.number(unequal, &[]) == Some(0);
    let payments = "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM shop_effects WHERE kind = 'paid' GROUP BY reference)";
    let is_one = database.number(payments, &[]).unwrap_or(0) <= 1;
    let told = database.must("SELECT id FROM shop_effects WHERE kind IN ('paid', 'paid_again')", &[]).rows;
    let told: Vec<String> = told.iter().map(|row| row.get(0).unwrap()).collect();
    let called_paid = states.iter().filter(|(_, state)| matches!(state, State::Paid | State::PaidAgain));
    let is_true = told.iter().chain(called_paid.map(|(id, _)| id)).all(|id| inner.gateway.is_paid(id));
    for (invariant, holds, broken) in [
        (Invariant::HandledOnce, is_once, "an event was handled twice"),
        (Invariant::MarkedWithEffect, is_marked, "an effect without its mark, or a mark without its effect"),
        (Invariant::OnePayment, is_one, "a reference was paid twice"),
        (Invariant::PaidByQuery, is_true, "the gateway does not have the money"),
    ] {
        inner.checks.check(invariant, holds, || broken.to_owned());
    }
}

/// The end, when nothing is due any more: it agrees with the gateway, or is shown to a person. Returns what it is.
pub(crate) fn check_end(inner: &mut Inner) -> String {
    let states = read_states(inner);
    let effects = inner.database.must("SELECT id, kind FROM shop_effects ORDER BY id, kind", &[]).rows;
    let effects: Vec<(String, String)> = effects.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect();
    let count = |id: &str, kinds: &[&str]| {
        effects.iter().filter(|(of, kind)| of == id && kinds.contains(&kind.as_str())).count()
    };
    let gateway = &inner.gateway;
    let paid = gateway.orders.keys().filter(|id| gateway.is_paid(id)).map(|id| (id, &["paid", "paid_again"][..]));
    let refunded = gateway.refunds.keys().map(|id| (id, &["refunded"][..]));
    let mut lost = Vec::new();
    for (id, kinds) in paid.chain(refunded) {
        let is_left = states.get(id).is_some_and(|state| is_left_to_a_person(*state));
        let count = count(id, kinds);
        if count > 1 || count == 0 && !is_left {
            lost.push(format!("{id} is {:?} with {count} events, and the gateway has carried it out", states.get(id)));
        }
    }
    let open = states.iter().filter(|(_, state)| !state.is_over() && !is_left_to_a_person(**state));
    lost.extend(open.map(|(id, state)| format!("{id} is {state}, and nothing is due")));
    let end = format!("{states:?}, {effects:?}, {:?}, {:?}", gateway.orders, gateway.refunds);
    inner.checks.check(Invariant::NothingLost, lost.is_empty(), || lost.join("; "));
    end
}
