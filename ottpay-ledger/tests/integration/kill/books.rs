//! Both ledgers: what the shop wrote, and what the gateway has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ottpay_sandbox::{Order, OrderKind, OrderState, Sandbox};

use crate::common::Shared;

/// A row that the shop wrote for an event.
#[derive(Debug)]
struct Effect {
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
    states: BTreeMap<String, String>,
    orders: Vec<Order>,
}

/// Ends that show a person what is to be done, or that nothing was received.
const SHOWN: [&str; 5] = ["mismatch", "unconfirmed", "unresolved", "conflict", "reserved"];

impl Books {
    pub(crate) async fn read(sandbox: &Sandbox, store: &Shared) -> Self {
        let rows = store.rows("SELECT cart, id, kind, minor FROM shop_effects").await;
        let mut effects = BTreeMap::<String, Vec<Effect>>::new();
        for row in rows {
            let effect = Effect {
                cart: row.get(0).unwrap(),
                id: row.get(1).unwrap(),
                kind: row.get(2).unwrap(),
                minor: row.get::<i64>(3).unwrap().try_into().unwrap(),
            };
            effects.entry(effect.id.clone()).or_default().push(effect);
        }
        let rows = store.rows("SELECT id, state FROM ottpay_orders").await;
        let states = rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap()));
        Self { effects, states: states.collect(), orders: sandbox.orders().unwrap() }
    }

    fn effects<'a>(&'a self, id: &str, kinds: &'a [&str]) -> impl Iterator<Item = &'a Effect> {
        self.effects.get(id).into_iter().flatten().filter(move |effect| kinds.contains(&&*effect.kind))
    }

    fn all_effects(&self) -> impl Iterator<Item = &Effect> {
        self.effects.values().flatten()
    }

    /// Payments of which the gateway has received money, whatever became of it later.
    fn payments(&self) -> impl Iterator<Item = &Order> {
        let payments = self.orders.iter().filter(|order| order.kind() != OrderKind::Refund);
        payments.filter(|order| order.state() == OrderState::Paid)
    }

    fn refunds(&self) -> impl Iterator<Item = &Order> {
        let refunds = self.orders.iter().filter(|order| order.kind() == OrderKind::Refund);
        refunds.filter(|order| order.state() == OrderState::Paid)
    }

    /// Lost 0, doubled 0, nothing made up, and everything with an end.
    pub(crate) fn compare(&self) {
        let mut wrong = Vec::new();
        for (what, orders, kinds) in [
            ("payment", self.payments().collect::<Vec<_>>(), &["paid", "paid_again", "given_back"][..]),
            ("refund", self.refunds().collect(), &["refunded"]),
        ] {
            for order in orders {
                let (id, minor) = (order.id(), order.amount().minor());
                let state = self.states.get(id).map_or("(not noted)", String::as_str);
                let effects: Vec<_> = self.effects(id, kinds).collect();
                match effects[..] {
                    [] if SHOWN.contains(&state) => {}
                    [] => wrong.push(format!("lost: {what} {id} of {minor}, state {state}")),
                    [effect] if effect.minor == minor || effect.kind == "given_back" => {}
                    [effect] => wrong.push(format!("{what} {id} of {minor} was acted upon as {effect:?}")),
                    _ => wrong.push(format!("doubled: {what} {id} of {minor}: {effects:?}")),
                }
            }
        }
        let payments: BTreeSet<&str> = self.payments().map(Order::id).collect();
        let refunds: BTreeSet<&str> = self.refunds().map(Order::id).collect();
        for effect in self.all_effects() {
            let is_real = match &*effect.kind {
                "paid" | "paid_again" | "given_back" => payments.contains(&*effect.id),
                "refunded" => refunds.contains(&*effect.id),
                _ => true,
            };
            if !is_real {
                wrong.push(format!("made up: {effect:?}"));
            }
        }
        let mut carts = BTreeMap::<&str, u32>::new();
        for effect in self.all_effects().filter(|effect| effect.kind == "paid") {
            *carts.entry(&effect.cart).or_default() += 1;
        }
        wrong.extend(carts.iter().filter(|(_, times)| **times > 1).map(|(cart, _)| format!("paid twice: {cart}")));
        for (id, state) in &self.states {
            let is_over = state.parse::<ottpay_ledger::State>().unwrap().is_over();
            if !is_over && !SHOWN.contains(&&**state) {
                wrong.push(format!("without an end: {id} is {state}"));
            }
        }
        assert!(wrong.is_empty(), "{}\n{self}", wrong.join("\n"));
    }
}

impl Books {
    /// The orders that a person has to look at: how many of them moved no money, and those that did, with their states.
    pub(crate) fn for_people(&self) -> (usize, Vec<(&str, &str)>) {
        let shown: Vec<_> = self.states.iter().filter(|(_, state)| SHOWN.contains(&&***state)).collect();
        let is_moved = |id: &str| self.payments().chain(self.refunds()).any(|order| order.id() == id);
        let moved: Vec<_> =
            shown.iter().filter(|(id, _)| is_moved(id)).map(|(id, state)| (&***id, &***state)).collect();
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
            *states.entry(state).or_default() += 1;
        }
        let (payments, refunds) = (self.payments().count(), self.refunds().count());
        write!(f, "gateway: {payments} paid, {refunds} refunds; events: {kinds:?}; states: {states:?}")
    }
}
