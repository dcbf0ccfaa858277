//! The pages `states.md` and `transitions.md` match the code. `UPDATE=1 cargo test` writes them again.

use std::fmt::Write as _;
use std::path::Path;

use ottpay::payment::Tracked;
use ottpay::{Amount, Currency};

use super::super::case::Found;
use super::answers::{of_payments, of_refunds, qr_code, refund};
use super::order::Order;
use crate::position::Position;
use crate::state::State;

/// A position in which the order can be in this state.
fn position(state: State) -> Position {
    let mut position = Position::new(state);
    match state {
        State::Paid | State::PaidAgain => position.paid = Some(Amount::from_minor(500).in_currency(Currency::CAD)),
        State::Reversed => {
            position.paid = Some(Amount::from_minor(500).in_currency(Currency::CAD));
            position.told.reversed = 1;
        }
        State::Reserved => position.told.reserved = 1,
        State::GivenBack => position.told.given_back = 1,
        State::Ended => position.told.ended = 1,
        State::Unconfirmed => position.told.unconfirmed = 1,
        State::Unresolved => position.told.unresolved = 1,
        State::Noted
        | State::Sending
        | State::NotSent
        | State::Refused
        | State::Conflict
        | State::Open
        | State::Unpayable
        | State::Unknown
        | State::Mismatch
        | State::Lapsed
        | State::Refunded
        | State::RefundFailed
        | State::Settled => {}
    }
    position.told.since = super::order::NOTED;
    position
}

fn table(tracked: &Tracked, answers: &[(&'static str, Found)], is_of_kind: impl Fn(State) -> bool) -> String {
    let mut table = String::from("| state | answer | events | state afterwards |\n|---|---|---|---|\n");
    for state in State::ALL.into_iter().filter(|state| is_of_kind(*state)) {
        let mut ends: Vec<(String, State, Vec<&str>)> = Vec::new();
        for (answer, found) in answers {
            let mut order = Order::new(tracked.clone(), state);
            order.position = position(state);
            let events = order.words(found).join(", then ");
            match ends.iter_mut().find(|(known, after, _)| *known == events && *after == order.state()) {
                Some((_, _, answers)) => answers.push(answer),
                None => ends.push((events, order.state(), vec![answer])),
            }
        }
        for (events, after, of) in ends {
            let of = if of.len() == answers.len() { "every answer".to_owned() } else { of.join("; ") };
            let events = if events.is_empty() { "none" } else { &events };
            writeln!(table, "| {state} | {of} | {events} | {after} |").unwrap();
        }
    }
    table
}

/// How an order reaches this state, and the event that reports it.
fn reached(state: State) -> (&'static str, &'static str) {
    match state {
        State::Noted => {
            ("`send_later` in a handler, or a request that did not reach the gateway and will be sent again", "none")
        }
        State::Sending => ("`send`, `pay`, `charge` or the worker, before the request is sent", "none"),
        State::NotSent => ("every attempt failed before it reached the gateway", "none"),
        State::Refused => ("the gateway refused the only attempt that reached it", "`ended`"),
        State::Conflict => (
            "the id of the first attempt that reached the gateway was already in use, or the gateway reports money under an id that never reached it or that it refused",
            "`conflict`",
        ),
        State::Open => ("the reply arrived, or `note` was called", "none"),
        State::Unpayable => ("the reply with the link was lost, or the link could not be stored", "none"),
        State::Unknown => ("the reply to a request that moves money at once was lost", "none"),
        State::Paid => (
            "a query reports it as paid with the right amount, and no other order of the reference is paid",
            "`paid`; `restored` after a reversal",
        ),
        State::PaidAgain => (
            "a query reports it as paid with the right amount, and another order of the reference is paid",
            "`paid_again`",
        ),
        State::Reserved => ("a query reports it as reserved with the right amount", "`reserved`"),
        State::GivenBack => {
            ("a query reports that all of the money was refunded, before the payment was reported", "`given_back`")
        }
        State::Reversed => (
            "a documented or proven query reports it as closed or failed, after the payment was reported",
            "`reversed`",
        ),
        State::Ended => ("a query reports it as closed or failed", "`ended`"),
        State::Mismatch => {
            ("a query reports it as paid or reserved with another amount; reported once for each amount", "`mismatch`")
        }
        State::Unconfirmed => (
            "a callback without signs of alteration was not confirmed by a query for 24 hours, and no query has ever confirmed a payment of this action",
            "`unconfirmed`",
        ),
        State::Unresolved => (
            "the schedule of a request that moves money at once has ended; the gateway could not be queried, or kept answering with an undocumented status, until the time limit; an amount cannot be read; a reservation has lasted for 35 days",
            "`unresolved`",
        ),
        State::Lapsed => {
            ("an order that the buyer has to pay had no activity for seven days; a hint reopens it", "none")
        }
        State::Refunded => (
            "a query reports that the refund succeeded; an assumed query counts if it agrees with the reply or has confirmed a refund before",
            "`refunded`",
        ),
        State::RefundFailed => {
            ("the refund was refused, or a documented query reports that it failed", "`refund_failed`")
        }
        State::Settled => ("a person has settled it", "none"),
    }
}

#[test]
fn the_table_of_states_matches_the_code() {
    let mut text = String::from(
        "# States\n\n\
         Each order, Checkout page and refund is in one of these states. A test compares this page with the code.\n\n\
         | state | meaning | how it is reached | event | certainty | what a person should do | new id? |\n|---|---|---|---|---|---|---|\n",
    );
    for state in State::ALL {
        let (how, event) = reached(state);
        let (meaning, sure, todo) = (state.meaning(), state.how_sure(), state.what_to_do());
        let new_id = if state.allows_new_id() { "yes" } else { "no" };
        writeln!(text, "| `{state}` | {meaning} | {how} | {event} | {sure} | {todo} | {new_id} |").unwrap();
    }
    text.push('\n');
    compare("states.md", &text);
}

/// Compares a page with the code, or writes it.
fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{name} does not match the code: run with UPDATE=1 and review the change");
}

#[test]
fn the_table_of_transitions_matches_the_code() {
    let is_of_refunds = |state| {
        use State::{Conflict, Mismatch, NotSent, Noted, Open, RefundFailed, Refunded, Refused, Sending, Settled};
        use State::{Unknown, Unresolved};
        [
            Noted,
            Sending,
            NotSent,
            Refused,
            Conflict,
            Open,
            Unknown,
            Mismatch,
            Unresolved,
            Refunded,
            RefundFailed,
            Settled,
        ]
        .contains(&state)
    };
    let is_of_payments = |state| !matches!(state, State::Refunded | State::RefundFailed);
    let text = format!(
        "# How each answer changes an order\n\n\
         For each state and each answer of the gateway, before any time limit has passed: 5.00 CAD were requested, and \
         2.00 CAD are to be refunded. A test compares this page with the code.\n\n\
         ## Payments and Checkout pages\n\n{}\n## Refunds\n\n{}",
        table(&qr_code(), &of_payments(), is_of_payments),
        table(&refund(), &of_refunds(), is_of_refunds),
    );
    compare("transitions.md", &text);
}
