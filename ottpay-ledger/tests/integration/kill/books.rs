//! Both ledgers: what the shop wrote, and what the gateway has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ottpay_ledger::State;
use ottpay_sandbox::{Order, OrderKind, OrderState, Sandbox};

use super::findings::{Finding, Findings};
use crate::common::{Shared, is_left_to_a_person};

/// A row that the shop wrote for an event.
#[derive(Debug)]
struct Effect {
    /// The key of the event.
    key: String,
    cart: String,
    id: String,
    kind: String,
    minor: u64,
}

/// What the shop wrote, where its orders are, and what the gateway has.
pub(crate) struct Books {
    /// By the ids of their orders.
    effects: BTreeMap<String, Vec<Effect>>,
    /// By id.
    states: BTreeMap<String, State>,
    orders: Vec<Order>,
}

impl Books {
    pub(crate) async fn read(sandbox: &Sandbox, store: &Shared) -> Self {
        let rows = store.rows("SELECT event_key, cart, id, kind, minor FROM shop_effects").await;
        let mut effects = BTreeMap::<String, Vec<Effect>>::new();
        for row in rows {
            let effect = Effect {
                key: row.get(0).unwrap(),
                cart: row.get(1).unwrap(),
                id: row.get(2).unwrap(),
                kind: row.get(3).unwrap(),
                minor: row.get::<i64>(4).unwrap().try_into().unwrap(),
            };
            effects.entry(effect.id.clone()).or_default().push(effect);
        }
        let rows = store.rows("SELECT id, state FROM ottpay_orders").await;
        let states = rows.iter().map(|row| (row.get(0).unwrap(), row.get::<String>(1).unwrap().parse().unwrap()));
        Self { effects, states: states.collect(), orders: sandbox.orders().unwrap() }
    }

    fn effects<'a>(&'a self, id: &str, kinds: &'a [&str]) -> impl Iterator<Item = &'a Effect> {
        self.effects.get(id).into_iter().flatten().filter(move |effect| kinds.contains(&&*effect.kind))
    }

    fn all_effects(&self) -> impl Iterator<Item = &Effect> {
        self.effects.values().flatten()
    }

    /// Payments for which the gateway received money, whatever happened to it later.
    fn payments(&self) -> impl Iterator<Item = &Order> {
        let payments = self.orders.iter().filter(|order| order.kind() != OrderKind::Refund);
        payments.filter(|order| order.state() == OrderState::Paid)
    }

    fn refunds(&self) -> impl Iterator<Item = &Order> {
        let refunds = self.orders.iter().filter(|order| order.kind() == OrderKind::Refund);
        refunds.filter(|order| order.state() == OrderState::Paid)
    }

    /// Everything that is lost, duplicated or invented, or that has not ended.
    pub(crate) fn compare(&self) -> Findings {
        let mut found = Findings::default();
        for (what, orders, kinds) in [
            ("payment", self.payments().collect::<Vec<_>>(), &["paid", "paid_again", "given_back"][..]),
            ("refund", self.refunds().collect(), &["refunded"]),
        ] {
            for order in orders {
                let (id, minor) = (order.id(), order.amount().minor());
                let state = self.states.get(id).copied();
                let effects: Vec<_> = self.effects(id, kinds).collect();
                match effects[..] {
                    [] if state.is_some_and(is_left_to_a_person) => {}
                    [] => found.add(Finding::Lost, format!("{what} {id} of {minor}, state {state:?}")),
                    [effect] if effect.minor == minor || effect.kind == "given_back" => {}
                    [effect] => found.add(Finding::Differing, format!("{what} {id} of {minor}: {effect:?}")),
                    _ => found.add(Finding::Doubled, format!("{what} {id} of {minor}: {effects:?}")),
                }
            }
        }
        self.find_doubled(&mut found);
        self.find_made_up(&mut found);
        for (id, state) in self.states.iter().filter(|(_, state)| !state.is_over() && !is_left_to_a_person(**state)) {
            found.add(Finding::Open, format!("{id} is {state}"));
        }
        found
    }

    /// Events that were handled twice, of whatever kind, and carts that were paid twice.
    fn find_doubled(&self, found: &mut Findings) {
        let mut keys = BTreeSet::new();
        for effect in self.all_effects().filter(|effect| !keys.insert(&effect.key)) {
            found.add(Finding::Doubled, format!("{effect:?}"));
        }
        let mut carts = BTreeSet::new();
        let paid = self.all_effects().filter(|effect| effect.kind == "paid");
        for effect in paid.filter(|effect| !carts.insert(&effect.cart)) {
            found.add(Finding::Doubled, format!("the cart was paid before: {effect:?}"));
        }
    }

    /// Events and states about money that the gateway does not have or did not refund.
    fn find_made_up(&self, found: &mut Findings) {
        let payments: BTreeSet<&str> = self.payments().map(Order::id).collect();
        let refunds: BTreeSet<&str> = self.refunds().map(Order::id).collect();
        let is_real = |kind: &str, id: &str| match kind {
            "paid" | "paid_again" | "given_back" => payments.contains(id),
            "refunded" => refunds.contains(id),
            _ => true,
        };
        for effect in self.all_effects().filter(|effect| !is_real(&effect.kind, &effect.id)) {
            found.add(Finding::MadeUp, format!("{effect:?}"));
        }
        for (id, state) in self.states.iter().filter(|(id, state)| !is_real(state.as_str(), id)) {
            found.add(Finding::MadeUp, format!("{id} is {state}"));
        }
    }
}

impl Books {
    /// The orders that need a person: how many moved no money, and those that did, with their states.
    pub(crate) fn for_people(&self) -> (usize, Vec<(&str, State)>) {
        let shown: Vec<_> = self.states.iter().filter(|(_, state)| is_left_to_a_person(**state)).collect();
        let is_moved = |id: &str| self.payments().chain(self.refunds()).any(|order| order.id() == id);
        let moved: Vec<_> =
            shown.iter().filter(|(id, _)| is_moved(id)).map(|(id, state)| (id.as_str(), **state)).collect();
        (shown.len() - moved.len(), moved)
    }
}

/// How many of each there are.
impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds = BTreeMap::<&str, u32>::new();
        for effect in self.all_effects() {
            *kinds.entry(&effect.kind).or_default() += 1;
        }
        let mut states = BTreeMap::<&str, u32>::new();
        for state in self.states.values() {
            *states.entry(state.as_str()).or_default() += 1;
        }
        let (payments, refunds) = (self.payments().count(), self.refunds().count());
        write!(f, "gateway: {payments} paid, {refunds} refunds; events: {kinds:?}; states: {states:?}")
    }
}
