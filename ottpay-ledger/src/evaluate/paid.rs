//! Orders that were reported as paid: money that goes back, and reversals.

use ottpay::payment::{Ended, Payment};
use ottpay::{Amount, Money};

use super::case::{Case, Next, Step};
use super::statement::{Statement, reason_for_end};
use crate::event::{Kind, Refunded, Reversed};
use crate::schedule::{AFTER_PAYMENT, UNDER_WAY, next_of};
use crate::state::State;
use crate::told::increment;

/// Evaluates an answer about an order that was reported as paid.
pub(super) fn evaluate(case: &Case<'_>, statement: &Statement<'_>) -> Step {
    match statement {
        Statement::Paid(payment) if case.position.state == State::Reversed => report_restored(case, payment),
        Statement::Paid(payment) => compare_refunds(case, payment.refunded()),
        // If the answer states no total, all that was paid has gone back.
        Statement::GivenBack(given) => compare_refunds(case, given.refunded().or(case.position.paid)),
        Statement::Ended(ended) => report_end(case, ended),
        // The order stays paid. Nothing undoes a reported payment silently: an event of its own does, never an amount.
        Statement::Mismatch(mismatch) => case
            .report_mismatch(mismatch, case.position.state)
            .unwrap_or_else(|| case.stay(next_query(case).earlier(case.after_hint()))),
        // None of these shows that the money has left.
        Statement::Reserved(_)
        | Statement::Nothing(_)
        | Statement::Unreadable(_)
        | Statement::Conflict
        | Statement::NotDone
        | Statement::NotAsked => case.stay(next_query(case).earlier(case.after_hint())),
    }
}

/// Handles a payment that was reported as reversed and is paid again. This needs an event, because a person was told
/// the opposite. The event is not `Paid`, because goods may already have been delivered for the first one.
fn report_restored(case: &Case<'_>, payment: &Payment) -> Step {
    let mut after = case.in_state(if case.other_paid { State::PaidAgain } else { State::Paid });
    let number = increment(&mut after.told.restored);
    case.report(after, Kind::Restored(payment.clone()), &format!("restored:{number}"))
}

/// Compares the total that has gone back, as the query states it, with the known refunds. A difference that no refund
/// of this ledger explains is reported. While a refund is in flight, the difference may be that refund's.
fn compare_refunds(case: &Case<'_>, total: Option<Money>) -> Step {
    let explained = case.position.refunded.max(case.known_refunded);
    let is_same_currency = |total: &Money| case.position.paid.is_some_and(|paid| paid.currency() == total.currency());
    let growth = total.filter(is_same_currency).and_then(|total| {
        let growth = total.amount().checked_sub(explained)?;
        (growth > Amount::ZERO).then(|| (growth.in_currency(total.currency()), total))
    });
    match growth {
        None => case.stay(next_query(case)),
        Some(_) if case.refund_in_flight => case.stay(next_query(case).earlier(query_soon(case))),
        Some((amount, total)) => {
            let mut after = case.position.clone();
            after.refunded = total.amount();
            let refunded = Refunded { refund: None, amount, total, evidence: None };
            case.report(after, Kind::Refunded(refunded), &format!("refunded-total:{}", total.amount().minor()))
        }
    }
}

/// Handles a payment that is now closed or failed: a reversal, if any of the money was still with the shop.
fn report_end(case: &Case<'_>, ended: &Ended) -> Step {
    let refunded = case.position.refunded.max(case.known_refunded);
    let left = case.position.paid.filter(|paid| paid.amount() > refunded);
    match left {
        // Reported already, or all of the money was refunded before.
        _ if case.position.state == State::Reversed => case.stay(next_query(case)),
        None => case.stay(next_query(case)),
        Some(_) if !case.trusts(ended.evidence()) => case.stay(next_query(case).earlier(case.after_hint())),
        // The status may describe the refund that is in flight.
        Some(_) if case.refund_in_flight => case.stay(next_query(case).earlier(query_soon(case))),
        Some(paid) => {
            let mut after = case.in_state(State::Reversed);
            let number = increment(&mut after.told.reversed);
            let reversed = Reversed { number, paid, reason: reason_for_end(ended), word: ended.word().to_owned() };
            case.report(after, Kind::Reversed(reversed), &format!("reversed:{number}"))
        }
    }
}

/// Soon, for as long as the payment is queried at all. A refund that a person has to resolve may stay in flight for
/// long.
fn query_soon(case: &Case<'_>) -> Next {
    if next_query(case) == Next::Never { Next::Never } else { Next::At(case.now.saturating_add(UNDER_WAY)) }
}

/// When to query a paid order again.
fn next_query(case: &Case<'_>) -> Next {
    next_of(&AFTER_PAYMENT, case.position.told.since, case.now).map_or(Next::Never, Next::At)
}
