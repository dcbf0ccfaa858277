//! Refunds: never sent again, and complete only when the gateway reports it.

use ottpay::payment::{Ended, GivenBack, Mismatch, Proof};
use ottpay::spec::Evidence;

use super::case::{Case, Next, Step};
use super::noted::split_refusal;
use super::statement::{Silence, Statement, reason_for_end};
use crate::event::{Kind, Reason, RefundFailed, Refunded, Why};
use crate::schedule::DAY;
use crate::state::State;

/// Evaluates an answer about a refund.
pub(super) fn evaluate(case: &Case<'_>, statement: &Statement<'_>) -> Step {
    match case.position.state {
        // Nothing has been sent, or the reply may still arrive. A total that has risen may have another cause.
        State::Noted | State::Sending => case.stay(next_query(case)),
        // No refund is `Unpayable`, because no buyer has to pay it.
        State::Open | State::Unknown | State::Unpayable | State::Mismatch | State::Unresolved => {
            evaluate_answer(case, statement)
        }
        State::Refused => {
            let (code, text) = split_refusal(case.refusal);
            report_failure(case, RefundFailed { amount: case.requested(), reason: Reason::Refused, code, text })
        }
        State::Conflict => case.report_conflict(),
        // The refund has ended. Another refund of the payment may have begun since, and a total would include both.
        State::NotSent | State::Refunded | State::RefundFailed | State::Settled => case.stay(Next::Never),
        // States of payments.
        State::Paid
        | State::PaidAgain
        | State::Reserved
        | State::GivenBack
        | State::Reversed
        | State::Ended
        | State::Unconfirmed
        | State::Lapsed => case.stay(Next::Never),
    }
}

fn evaluate_answer(case: &Case<'_>, statement: &Statement<'_>) -> Step {
    match statement {
        Statement::GivenBack(given) => report_given_back(case, given),
        Statement::Ended(ended) => report_end(case, ended),
        Statement::Mismatch(mismatch) => report_mismatch(case, mismatch),
        Statement::Unreadable(text) => match case.position.state {
            State::Unresolved | State::Mismatch => case.stay(next_query(case)),
            _ => case.report_unresolved(Why::UnreadableMoney, text),
        },
        Statement::Nothing(silence) => evaluate_silence(case, silence),
        // No refund query gives these answers.
        Statement::Paid(_) | Statement::Reserved(_) => evaluate_silence(case, &Silence::Unknown),
        Statement::Conflict => case.report_conflict(),
        Statement::NotDone | Statement::NotAsked => case.stay(next_query(case)),
    }
}

/// Reports a completed refund, if the query can be trusted: it is documented, or has confirmed a refund before, or
/// agrees with the gateway's reply to this refund.
fn report_given_back(case: &Case<'_>, given: &GivenBack) -> Step {
    let is_sure = case.trusts(given.evidence()) || case.tracked.proof() == Proof::Open;
    let Some(amount) = case.requested().or(given.refunded()).filter(|_| is_sure) else {
        return evaluate_silence(case, &Silence::Unknown);
    };
    let total = case.known_refunded.checked_add(amount.amount()).unwrap_or(case.known_refunded);
    let refunded = Refunded {
        refund: Some(case.tracked.id().to_owned()),
        amount,
        total: total.in_currency(amount.currency()),
        evidence: Some(given.evidence()),
    };
    let transition = format!("refund:{}", case.tracked.id());
    case.report(case.in_state(State::Refunded), Kind::Refunded(refunded), &transition)
}

/// Reports a failed refund, unless the query is only assumed to support refunds: then money may have gone back all the
/// same.
fn report_end(case: &Case<'_>, ended: &Ended) -> Step {
    if ended.evidence() == Evidence::Assumed {
        return evaluate_silence(case, &Silence::Unclear(ended.word().to_owned()));
    }
    let text = ended.word().to_owned();
    report_failure(case, RefundFailed { amount: case.requested(), reason: reason_for_end(ended), code: None, text })
}

fn report_failure(case: &Case<'_>, failed: RefundFailed) -> Step {
    let transition = format!("refund-failed:{}", case.tracked.id());
    case.report(case.in_state(State::RefundFailed), Kind::RefundFailed(failed), &transition)
}

fn report_mismatch(case: &Case<'_>, mismatch: &Mismatch) -> Step {
    let known = || case.move_to(State::Mismatch, case.next_scheduled(case.horizon()));
    case.report_mismatch(mismatch, State::Mismatch).unwrap_or_else(known)
}

fn evaluate_silence(case: &Case<'_>, silence: &Silence) -> Step {
    let is_waiting = matches!(case.position.state, State::Open | State::Unknown | State::Unpayable);
    if !is_waiting || case.now < deadline(case) {
        return case.stay(next_query(case));
    }
    match silence {
        Silence::Unclear(word) => case.report_unresolved(Why::UnclearWord, word),
        Silence::CannotAsk(text) => case.report_unresolved(Why::CannotAsk, text),
        Silence::Pending | Silence::Unpayable | Silence::Unknown => {
            case.report_unresolved(Why::NoAnswer, "no answer states whether the money was refunded")
        }
    }
}

/// When waiting ends: at the end of the schedule.
fn deadline(case: &Case<'_>) -> i64 {
    case.limits.schedule.end(case.alive_at).unwrap_or_else(|| case.horizon())
}

fn next_query(case: &Case<'_>) -> Next {
    let in_a_day = Next::At(case.now.saturating_add(DAY));
    match case.position.state {
        State::Noted | State::Sending => case.next_scheduled(i64::MAX).earlier(in_a_day),
        State::Open | State::Unknown | State::Unpayable => {
            // No order ends without a query; the deadline has passed, so the next one is in a day at the latest.
            let end = Some(deadline(case)).filter(|end| *end > case.now).map_or(in_a_day, Next::At);
            case.next_scheduled(i64::MAX).earlier(end)
        }
        State::Mismatch => case.next_scheduled(case.horizon()),
        _ => case.after_hint(),
    }
}
