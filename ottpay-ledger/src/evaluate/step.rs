//! Evaluates one step of an order.

use super::case::{Case, Found, Next, Step};
use super::said::Said;
use super::{noted, paid, refund, silence, unpaid};
use crate::state::State;

/// Evaluates one step. The caller continues from `after` with the same answer until there is no event. For example, a
/// partially refunded payment is first reported as paid, then as refunded.
pub(crate) fn evaluate(case: &Case<'_>, found: &Found) -> Step {
    let said = Said::of(found);
    let state = case.position.state;
    if case.is_refund() {
        return refund::step(case, &said);
    }
    match state {
        State::Noted | State::NotSent => noted::not_arrived(case, &said),
        // The reply may still arrive, and only the sender can interpret it.
        State::Sending => case.stay(silence::rest(case)),
        State::Refused => noted::after_refusal(case, &said),
        State::Conflict => case.conflict(),
        State::Open
        | State::Unpayable
        | State::Unknown
        | State::Reserved
        | State::GivenBack
        | State::Ended
        | State::Mismatch
        | State::Unconfirmed
        | State::Unresolved
        | State::Lapsed => unpaid::step(case, &said),
        State::Paid | State::PaidAgain | State::Reversed => paid::step(case, &said),
        // A person's decision is final; the other two are states of refunds.
        State::Settled | State::Refunded | State::RefundFailed => case.stay(Next::Never),
    }
}

/// Whether the answer reports money that the gateway may hold. A person who decided that there is none should know.
pub(crate) fn names_money(found: &Found) -> bool {
    Said::of(found).is_of_money_that_remains()
}
