//! Orders that were reported as paid: money that goes back, and reversals.

use ottpay::payment::{Ended, GivenBack, Payment};
use ottpay::{Amount, Money};

use super::case::{Case, Next, Step};
use super::said::{Said, reason};
use crate::event::{Kind, Refunded, Reversed};
use crate::schedule::{AFTER_PAYMENT, UNDER_WAY, next_of};
use crate::state::State;
use crate::told::count;

pub(super) fn step(case: &Case<'_>, said: &Said<'_>) -> Step {
    match said {
        Said::Paid(payment) if case.position.state == State::Reversed => restored(case, payment),
        Said::Paid(payment) => refunded(case, payment.refunded()),
        Said::GivenBack(given) => all_given_back(case, given),
        Said::Ended(ended) => end(case, ended),
        // The order stays paid. Nothing undoes a reported payment silently: an event of its own does, never an amount.
        Said::Mismatch(mismatch) => case
            .mismatch(mismatch, case.position.state)
            .unwrap_or_else(|| case.stay(rest(case).earlier(case.after_hint()))),
        // None of these shows that the money has left.
        Said::Reserved(_)
        | Said::Nothing(_)
        | Said::Unreadable(_)
        | Said::Conflict
        | Said::NotDone
        | Said::NotAsked => case.stay(rest(case).earlier(case.after_hint())),
    }
}

/// Handles a payment that was reported as reversed and is paid again. This needs an event, because a person was told
/// the opposite. The event is not `Paid`, because goods may already have been delivered for the first one.
fn restored(case: &Case<'_>, payment: &Payment) -> Step {
    let mut after = case.in_state(if case.other_paid { State::PaidAgain } else { State::Paid });
    let number = count(&mut after.told.restored);
    case.report(after, Kind::Restored(payment.clone()), &format!("restored:{number}"))
}

fn all_given_back(case: &Case<'_>, given: &GivenBack) -> Step {
    refunded(case, given.refunded().or(case.position.paid))
}

/// Compares the total that has gone back, as the query states it, with the known refunds. A difference that no refund
/// of this ledger explains is reported. While a refund is in flight, the difference may be that refund's.
fn refunded(case: &Case<'_>, total: Option<Money>) -> Step {
    let explained = case.position.refunded.max(case.known_refunded);
    let is_same_currency = |total: &Money| case.position.paid.is_some_and(|paid| paid.currency() == total.currency());
    let growth = total.filter(is_same_currency).and_then(|total| {
        let growth = total.amount().checked_sub(explained)?;
        (growth > Amount::ZERO).then(|| (growth.in_currency(total.currency()), total))
    });
    match growth {
        None => case.stay(rest(case)),
        Some(_) if case.refund_in_flight => case.stay(rest(case).earlier(under_way(case))),
        Some((amount, total)) => {
            let mut after = case.position.clone();
            after.refunded = total.amount();
            let refunded = Refunded { refund: None, amount, total, evidence: None };
            case.report(after, Kind::Refunded(refunded), &format!("refunded-total:{}", total.amount().minor()))
        }
    }
}

/// Handles a payment that is now closed or failed: a reversal, if any of the money was still with the shop.
fn end(case: &Case<'_>, ended: &Ended) -> Step {
    let refunded = case.position.refunded.max(case.known_refunded);
    let left = case.position.paid.filter(|paid| paid.amount() > refunded);
    match left {
        // Reported already, or all of the money had gone back before.
        _ if case.position.state == State::Reversed => case.stay(rest(case)),
        None => case.stay(rest(case)),
        Some(_) if !case.trusts(ended.evidence()) => case.stay(rest(case).earlier(case.after_hint())),
        // The status word may describe the refund that is in flight.
        Some(_) if case.refund_in_flight => case.stay(rest(case).earlier(under_way(case))),
        Some(paid) => {
            let mut after = case.in_state(State::Reversed);
            let number = count(&mut after.told.reversed);
            let reversed = Reversed { number, paid, reason: reason(ended), word: ended.word().to_owned() };
            case.report(after, Kind::Reversed(reversed), &format!("reversed:{number}"))
        }
    }
}

/// Soon, for as long as the payment is queried at all. A refund that a person has to resolve may stay in flight for
/// long.
fn under_way(case: &Case<'_>) -> Next {
    if rest(case) == Next::Never { Next::Never } else { Next::At(case.now.saturating_add(UNDER_WAY)) }
}

/// When to query a paid order again.
fn rest(case: &Case<'_>) -> Next {
    next_of(&AFTER_PAYMENT, case.position.told.since, case.now).map_or(Next::Never, Next::At)
}
