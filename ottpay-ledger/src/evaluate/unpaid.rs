//! Orders that have not been reported as paid.

use ottpay::payment::{Ended, GivenBack, Mismatch, Payment, Reservation};

use super::case::{Case, Step};
use super::silence::{evaluate_silence, next_query};
use super::statement::{Silence, Statement, reason_for_end};
use crate::event::{self, Kind, Why};
use crate::state::State;
use crate::told::increment;

/// Evaluates an answer about an order that has not been reported as paid.
pub(super) fn evaluate(case: &Case<'_>, statement: &Statement<'_>) -> Step {
    match statement {
        Statement::Paid(payment) => report_payment(case, payment),
        Statement::Reserved(reservation) => report_reservation(case, reservation),
        Statement::Ended(ended) => report_end(case, ended),
        Statement::GivenBack(given) => report_given_back(case, given),
        Statement::Mismatch(mismatch) => report_mismatch(case, mismatch),
        Statement::Unreadable(text) => report_unreadable(case, text),
        Statement::Nothing(silence) => evaluate_silence(case, silence),
        Statement::Conflict => case.report_conflict(),
        Statement::NotDone | Statement::NotAsked => case.stay(next_query(case)),
    }
}

/// Reports a payment. This happens once for each order, but in every later state too: a late payment is still a
/// payment.
fn report_payment(case: &Case<'_>, payment: &Payment) -> Step {
    // The gateway reported earlier that all of the money went back. A payment is believed only if the answer states how
    // much remains.
    let remains = payment.net().is_some_and(|net| net.amount() > ottpay::Amount::ZERO);
    if case.position.told.given_back > 0 && !remains {
        let text = "the money had been refunded, but the gateway now reports it as paid without stating how much \
                    remains";
        return match case.position.state {
            State::Unresolved => case.stay(next_query(case)),
            _ => case.report_unresolved(Why::Contradiction, text),
        };
    }
    let state = if case.other_paid { State::PaidAgain } else { State::Paid };
    let mut after = case.in_state(state);
    after.paid = Some(payment.paid());
    if case.other_paid {
        case.report(after, Kind::PaidAgain(payment.clone()), "paid-again")
    } else {
        case.report(after, Kind::Paid(payment.clone()), "paid")
    }
}

fn report_reservation(case: &Case<'_>, reservation: &Reservation) -> Step {
    let told = case.position.told.reserved > 0;
    match case.position.state {
        State::Reserved => evaluate_silence(case, &Silence::Pending),
        // Reported as reserved for too long already.
        State::Unresolved if told => case.stay(next_query(case)),
        State::GivenBack => case.stay(next_query(case)),
        _ => {
            let mut after = case.in_state(State::Reserved);
            let number = increment(&mut after.told.reserved);
            case.report(after, Kind::Reserved(reservation.clone()), &format!("reserved:{number}"))
        }
    }
}

fn report_end(case: &Case<'_>, ended: &Ended) -> Step {
    let is_vouched = case.vouched_at.is_some() && !case.trusts(ended.evidence());
    match case.position.state {
        State::Ended | State::GivenBack => case.stay(next_query(case)),
        // A callback contradicts a query that is only assumed to support the action, so neither is believed yet.
        _ if is_vouched => evaluate_silence(case, &Silence::Unclear(ended.word().to_owned())),
        _ => {
            let mut after = case.in_state(State::Ended);
            let number = increment(&mut after.told.ended);
            let ended = event::Ended { reason: reason_for_end(ended), code: None, text: ended.word().to_owned() };
            case.report(after, Kind::Ended(ended), &format!("ended:{number}"))
        }
    }
}

fn report_given_back(case: &Case<'_>, given: &GivenBack) -> Step {
    if case.position.state == State::GivenBack {
        return case.stay(next_query(case));
    }
    let mut after = case.in_state(State::GivenBack);
    let number = increment(&mut after.told.given_back);
    case.report(after, Kind::GivenBack(given.clone()), &format!("given-back:{number}"))
}

fn report_mismatch(case: &Case<'_>, mismatch: &Mismatch) -> Step {
    // A difference that was already reported is shown, but not reported again.
    let known = || case.move_to(State::Mismatch, case.next_scheduled(case.horizon()));
    case.report_mismatch(mismatch, State::Mismatch).unwrap_or_else(known)
}

/// Handles an amount that cannot be read. There may be money, so a person has to decide, unless one
/// was alerted already.
fn report_unreadable(case: &Case<'_>, text: &str) -> Step {
    match case.position.state {
        State::Unresolved | State::Mismatch => case.stay(next_query(case)),
        _ => case.report_unresolved(Why::UnreadableMoney, text),
    }
}
