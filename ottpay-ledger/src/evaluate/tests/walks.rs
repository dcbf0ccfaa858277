//! Long random walks: whatever the gateway answers, in whatever order, some things never happen.

use std::collections::BTreeSet;

use ottpay::Amount;
use ottpay::payment::{Resolved, Tracked};
use ottpay::spec::Role;

use super::super::case::{Found, Next};
use super::answers::{lost, mini_program, of_payments, of_refunds, qr_code, refund, scanned};
use super::order::Order;
use crate::event::{Key, Kind};
use crate::schedule::DAY;
use crate::state::State;

/// Pseudo-random numbers, the same in each run: xorshift.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.next(items.len() as u64)).unwrap()]
    }
}

/// What must hold at each step of a walk.
#[derive(Default)]
struct Watch {
    keys: BTreeSet<Key>,
    paid: u32,
    given_back: bool,
    total: u64,
    steps: Vec<(State, &'static str, Vec<&'static str>)>,
}

impl Watch {
    /// Takes steps until there is no event.
    fn ask(&mut self, order: &mut Order, answer: &'static str, found: &Found) {
        while self.steps(order, answer, found, 8) == 8 {
            assert!(self.steps.len() < 1000, "no end of events: {:?}", self.steps);
        }
        self.next(order);
    }

    /// Takes this many steps: a shop that claims events one by one queries again after each.
    fn steps(&mut self, order: &mut Order, answer: &'static str, found: &Found, most: usize) -> usize {
        let (state, before) = (order.state(), order.position.refunded);
        let events = order.steps(found, most);
        let count = events.len();
        self.steps.push((state, answer, events.iter().map(|(kind, _)| kind.as_str()).collect()));
        for (kind, key) in events {
            assert!(self.keys.insert(key), "a key came twice: {:?}", self.steps);
            self.event(&kind);
        }
        assert!(order.position.refunded >= before, "money came back: {:?}", self.steps);
        count
    }

    fn event(&mut self, kind: &Kind) {
        match kind {
            Kind::Paid(payment) | Kind::PaidAgain(payment) => {
                self.paid += 1;
                assert_eq!(self.paid, 1, "paid twice: {:?}", self.steps);
                let remains = payment.net().is_some_and(|net| net.amount() > Amount::ZERO);
                assert!(!self.given_back || remains, "paid after all went back: {:?}", self.steps);
            }
            Kind::GivenBack(_) => {
                assert_eq!(self.paid, 0, "not as part of a payment: {:?}", self.steps);
                self.given_back = true;
            }
            Kind::Refunded(refunded) => {
                let total = refunded.total().amount().minor();
                assert!(total > self.total, "the total must rise: {:?}", self.steps);
                assert!(refunded.refund().is_some() || self.paid == 1, "{:?}", self.steps);
                self.total = total;
            }
            Kind::Restored(_) | Kind::Reversed(_) => assert_eq!(self.paid, 1, "{:?}", self.steps),
            Kind::Reserved(_) | Kind::Ended(_) => assert_eq!(self.paid, 0, "{:?}", self.steps),
            Kind::RefundFailed(_) | Kind::Mismatch(_) | Kind::Unconfirmed(_) | Kind::Unresolved(_) | Kind::Conflict => {
            }
        }
    }

    fn next(&self, order: &Order) {
        if let Some(at) = order.next.due_at() {
            assert!(at > order.now, "asked again at once: {:?}", self.steps);
            assert!(at <= order.now + 30 * DAY, "asked again too late: {:?}", self.steps);
        }
        let is_waiting = matches!(order.state(), State::Open | State::Unpayable | State::Unknown);
        let is_reserved = order.state() == State::Reserved && order.tracked.own_role() != Role::Refund;
        assert!(!(is_waiting || is_reserved) || order.next != Next::Never, "forgotten: {:?}", self.steps);
    }
}

/// One walk of a few answers; then it is asked again whenever it wants to be, which must end.
fn walk(chance: &mut Chance, tracked: &[Tracked], states: &[State], answers: &[(&'static str, Found)]) {
    let mut order = Order::new(chance.pick(tracked).clone(), *chance.pick(states));
    order.other_paid = chance.next(8) == 0;
    let mut watch = Watch::default();
    for _ in 0..chance.next(12) {
        match chance.next(8) {
            0 => _ = order.hint(),
            1 => order.vouched_at = order.vouched_at.or(Some(order.now)),
            2 => order.refund_in_flight = !order.refund_in_flight,
            3 => order.is_proven = true,
            4 => order.now += DAY * i64::try_from(chance.next(12)).unwrap(),
            _ => order.now = order.next.due_at().unwrap_or(order.now),
        }
        let (name, found) = chance.pick(answers);
        match chance.next(4) {
            0 => _ = watch.steps(&mut order, name, found, 1),
            _ => watch.ask(&mut order, name, found),
        }
    }
    let (name, found) = chance.pick(answers);
    if matches!(found, Found::NotAsked | Found::Resolved(Resolved::NotDone)) {
        return;
    }
    for _ in 0..64 {
        if matches!(order.state(), State::Noted | State::Sending) {
            return;
        }
        order.refund_in_flight = false;
        watch.ask(&mut order, name, found);
        match order.next.due_at() {
            Some(at) => order.now = at,
            None => return,
        }
    }
    panic!("asked about without end: {:?}", watch.steps);
}

const STATES: [State; 8] = [
    State::Noted,
    State::Sending,
    State::NotSent,
    State::Refused,
    State::Conflict,
    State::Open,
    State::Unpayable,
    State::Unknown,
];

/// How many walks: `WALKS=100000` for more.
fn walks() -> u32 {
    std::env::var("WALKS").map_or(20_000, |walks| walks.parse().unwrap())
}

#[test]
fn no_walk_of_a_payment_breaks_a_promise() {
    let tracked = [qr_code(), mini_program(), scanned(), lost(qr_code()), lost(scanned())];
    let answers = of_payments();
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..walks() {
        walk(&mut chance, &tracked, &STATES, &answers);
    }
}

#[test]
fn no_walk_of_a_refund_breaks_a_promise() {
    let tracked = [refund(), lost(refund())];
    let answers = of_refunds();
    let mut chance = Chance(0xD1B5_4A32_D192_ED03);
    for _ in 0..walks() / 4 {
        walk(&mut chance, &tracked, &STATES, &answers);
    }
}

#[test]
fn every_state_accepts_every_answer_with_every_flag() {
    let payments = (vec![qr_code(), mini_program(), scanned()], of_payments());
    let refunds = (vec![refund(), lost(refund())], of_refunds());
    for (tracked, answers) in [payments, refunds] {
        for (tracked, state) in tracked.iter().flat_map(|tracked| State::ALL.map(|state| (tracked, state))) {
            for (flags, days) in (0..32_u32).flat_map(|flags| [(flags, 0), (flags, 2), (flags, 40)]) {
                let is_set = |bit: u32| flags & (1 << bit) != 0;
                for (name, found) in &answers {
                    let mut order = Order::new(tracked.clone(), state);
                    order.days(days);
                    order.vouched_at = is_set(0).then_some(order.alive_at);
                    (order.is_proven, order.refund_in_flight, order.other_paid) = (is_set(1), is_set(2), is_set(3));
                    if is_set(4) {
                        order.hint();
                    }
                    let mut watch = Watch::default();
                    // If the position was already paid, the payment counts as reported.
                    if matches!(state, State::Paid | State::PaidAgain | State::Reversed) {
                        order.position.paid = Some(Amount::from_minor(500).in_currency(ottpay::Currency::CAD));
                        watch.paid = 1;
                    }
                    watch.ask(&mut order, name, found);
                    watch.ask(&mut order, name, found);
                }
            }
        }
    }
}
