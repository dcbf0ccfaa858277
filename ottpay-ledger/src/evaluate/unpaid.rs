//! Orders that have not been reported as paid.

use ottpay::payment::{Ended, GivenBack, Mismatch, Payment, Reservation};

use super::case::{Case, Step};
use super::said::{Said, Silence, reason};
use super::silence::{rest, silent};
use crate::event::{self, Kind, Why};
use crate::state::State;
use crate::told::count;

pub(super) fn step(case: &Case<'_>, said: &Said<'_>) -> Step {
    match said {
        Said::Paid(payment) => paid(case, payment),
        Said::Reserved(reservation) => reserved(case, reservation),
        Said::Ended(ended) => end(case, ended),
        Said::GivenBack(given) => given_back(case, given),
        Said::Mismatch(mismatch) => mismatched(case, mismatch),
        Said::Unreadable(text) => unreadable(case, text),
        Said::Nothing(silence) => silent(case, silence),
        Said::Conflict => case.conflict(),
        Said::NotDone | Said::NotAsked => case.stay(rest(case)),
    }
}

/// Reports a payment. This happens once for each order, but in every later state too: a late payment is still a
/// payment.
fn paid(case: &Case<'_>, payment: &Payment) -> Step {
    // The gateway reported earlier that all of the money went back. A payment is believed only if the answer states how
    // much remains.
    let remains = payment.net().is_some_and(|net| net.amount() > ottpay::Amount::ZERO);
    if case.position.told.given_back > 0 && !remains {
        let text = "the money had gone back, but the gateway now reports it as paid without stating how much remains";
        return match case.position.state {
            State::Unresolved => case.stay(rest(case)),
            _ => case.unresolved(Why::Contradiction, text),
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

fn reserved(case: &Case<'_>, reservation: &Reservation) -> Step {
    let told = case.position.told.reserved > 0;
    match case.position.state {
        State::Reserved => silent(case, &Silence::Pending),
        // Reported as reserved for too long already.
        State::Unresolved if told => case.stay(rest(case)),
        State::GivenBack => case.stay(rest(case)),
        _ => {
            let mut after = case.in_state(State::Reserved);
            let number = count(&mut after.told.reserved);
            case.report(after, Kind::Reserved(reservation.clone()), &format!("reserved:{number}"))
        }
    }
}

fn end(case: &Case<'_>, ended: &Ended) -> Step {
    let is_vouched = case.vouched_at.is_some() && !case.trusts(ended.evidence());
    match case.position.state {
        State::Ended | State::GivenBack => case.stay(rest(case)),
        // A callback contradicts a query that is only assumed to support the action, so neither is believed yet.
        _ if is_vouched => silent(case, &Silence::Unclear(ended.word().to_owned())),
        _ => {
            let mut after = case.in_state(State::Ended);
            let number = count(&mut after.told.ended);
            let ended = event::Ended { reason: reason(ended), code: None, text: ended.word().to_owned() };
            case.report(after, Kind::Ended(ended), &format!("ended:{number}"))
        }
    }
}

fn given_back(case: &Case<'_>, given: &GivenBack) -> Step {
    if case.position.state == State::GivenBack {
        return case.stay(rest(case));
    }
    let mut after = case.in_state(State::GivenBack);
    let number = count(&mut after.told.given_back);
    case.report(after, Kind::GivenBack(given.clone()), &format!("given-back:{number}"))
}

fn mismatched(case: &Case<'_>, mismatch: &Mismatch) -> Step {
    // A difference that was already reported is shown, but not reported again.
    let known = || case.move_to(State::Mismatch, case.scheduled(case.horizon()));
    case.mismatch(mismatch, State::Mismatch).unwrap_or_else(known)
}

/// Handles an amount that cannot be read. There may be money, so a person has to decide, unless one
/// was alerted already.
fn unreadable(case: &Case<'_>, text: &str) -> Step {
    match case.position.state {
        State::Unresolved | State::Mismatch => case.stay(rest(case)),
        _ => case.unresolved(Why::UnreadableMoney, text),
    }
}
