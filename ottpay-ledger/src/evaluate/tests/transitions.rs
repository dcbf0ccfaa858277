//! Every state with every answer: the table in `transitions.md` is what the code does. `UPDATE=1 cargo test` writes it anew.

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

#[test]
fn the_table_of_transitions_is_what_the_code_does() {
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
        "# What an answer does to an order\n\n\
         Each answer of the gateway in each state, at a time when the gateway has not been silent for too long; 5.00 CAD were \
         asked for, and 2.00 CAD are to be given back. A test compares this page with the code.\n\n\
         ## Payments and Checkout pages\n\n{}\n## Refunds\n\n{}",
        table(&qr_code(), &of_payments(), is_of_payments),
        table(&refund(), &of_refunds(), is_of_refunds),
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("transitions.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{} is not what the code does: run with UPDATE=1 and review it", path.display());
}
