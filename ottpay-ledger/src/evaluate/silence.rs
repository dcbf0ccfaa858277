//! The effect of time on an order about which the gateway reports nothing.

use super::case::{Case, Next, Step};
use super::statement::Silence;
use crate::event::{Kind, Unconfirmed, Why};
use crate::schedule::{AFTER_END, DAY, RESERVATION_ENDS, next_of};
use crate::state::State;
use crate::told::increment;

/// Evaluates an answer that contains nothing about money, or nothing new.
pub(super) fn evaluate_silence(case: &Case<'_>, silence: &Silence) -> Step {
    match case.position.state {
        State::Open | State::Unpayable | State::Unknown => wait(case, silence, case.position.state),
        // There has been activity since the order lapsed.
        State::Lapsed if case.alive_at > case.position.told.since => {
            let state = if *silence == Silence::Unpayable { State::Unpayable } else { State::Open };
            wait(case, silence, state)
        }
        State::Reserved if case.now >= reservation_end(case) => case
            .report_unresolved(Why::ReservedTooLong, "the money has been reserved for longer than reservations last"),
        State::Ended | State::Unresolved if is_unconfirmed(case) => report_unconfirmed(case),
        _ => case.stay(next_query(case)),
    }
}

/// Waits in this state, up to a deadline. Reaching it does not mean that anything failed: an order never fails because
/// of time alone.
fn wait(case: &Case<'_>, silence: &Silence, state: State) -> Step {
    if is_unconfirmed(case) {
        return report_unconfirmed(case);
    }
    let end = deadline(case);
    let confirmation = unconfirmed_at(case).map_or(Next::Never, Next::At);
    if case.now < end {
        let scheduled = case.next_scheduled(end).earlier(Next::At(end));
        return case.move_to(state, scheduled.earlier(confirmation));
    }
    match silence {
        // A query may still confirm the callback until then, so the order neither lapses nor needs a person yet.
        _ if confirmation != Next::Never => case.move_to(state, confirmation),
        Silence::Unclear(word) => case.report_unresolved(Why::UnclearWord, word),
        Silence::CannotAsk(text) => case.report_unresolved(Why::CannotAsk, text),
        // Money may have moved without the buyer's action, so a person has to check. The next arm is about orders that
        // only a buyer can pay; for these, silence is the usual end of an abandoned order and raises no alert.
        Silence::Pending | Silence::Unpayable | Silence::Unknown if case.is_at_once() => {
            case.report_unresolved(Why::NoAnswer, "no answer states whether money has moved")
        }
        Silence::Pending | Silence::Unpayable | Silence::Unknown => case.move_to(State::Lapsed, Next::Never),
    }
}

/// When waiting ends: for requests that move money at once, at the end of the schedule; for orders paid by the buyer,
/// at the horizon.
fn deadline(case: &Case<'_>) -> i64 {
    let end = if case.is_at_once() { case.limits.schedule.end(case.alive_at) } else { None };
    end.unwrap_or_else(|| case.horizon())
}

/// When a callback has gone unconfirmed for too long. `None` if there is no such callback, if the query is known to
/// support the action, or if this was already reported.
fn unconfirmed_at(case: &Case<'_>) -> Option<i64> {
    let is_open = !case.is_proven && case.position.told.unconfirmed == 0;
    case.vouched_at.filter(|_| is_open).map(|at| at.saturating_add(case.limits.unconfirmed_after))
}

fn is_unconfirmed(case: &Case<'_>) -> bool {
    unconfirmed_at(case).is_some_and(|at| at <= case.now)
}

fn report_unconfirmed(case: &Case<'_>) -> Step {
    let mut after = case.in_state(State::Unconfirmed);
    increment(&mut after.told.unconfirmed);
    let since = case.vouched_at.unwrap_or(case.alive_at);
    case.report(after, Kind::Unconfirmed(Unconfirmed { requested: case.requested(), since }), "unconfirmed")
}

fn reservation_end(case: &Case<'_>) -> i64 {
    case.position.told.since.saturating_add(RESERVATION_ENDS)
}

/// When to query an order again whose state does not change.
pub(super) fn next_query(case: &Case<'_>) -> Next {
    let since = case.position.told.since;
    let in_a_day = Next::At(case.now.saturating_add(DAY));
    match case.position.state {
        // The sender or the worker moves these on.
        State::Noted | State::Sending => case.next_scheduled(i64::MAX).earlier(in_a_day),
        State::Open | State::Unpayable | State::Unknown => {
            // No order ends without a query; the deadline has passed, so the next one is in a day at the latest.
            let end = Some(deadline(case)).filter(|end| *end > case.now).map_or(in_a_day, Next::At);
            case.next_scheduled(i64::MAX).earlier(end)
        }
        State::Reserved => {
            let end = Some(reservation_end(case)).filter(|end| *end > case.now).map_or(Next::Never, Next::At);
            case.after_hint().earlier(in_a_day).earlier(end)
        }
        State::Ended => {
            let confirmation = unconfirmed_at(case).filter(|at| *at > case.now).map_or(Next::Never, Next::At);
            let again = next_of(&AFTER_END, since, case.now).map_or(Next::Never, Next::At);
            case.after_hint().earlier(again).earlier(confirmation)
        }
        State::Unresolved => {
            let confirmation = unconfirmed_at(case).filter(|at| *at > case.now).map_or(Next::Never, Next::At);
            case.after_hint().earlier(confirmation)
        }
        State::Mismatch | State::Unconfirmed => case.next_scheduled(case.horizon()),
        State::GivenBack | State::Lapsed => case.after_hint(),
        State::NotSent
        | State::Refused
        | State::Conflict
        | State::Paid
        | State::PaidAgain
        | State::Reversed
        | State::Refunded
        | State::RefundFailed
        | State::Settled => Next::Never,
    }
}
