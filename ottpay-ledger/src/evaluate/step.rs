//! One step of an order.

use super::case::{Case, Found, Next, Step};
use super::said::Said;
use super::{noted, paid, refund, silence, unpaid};
use crate::state::State;

/// One step. The caller goes on from `after`, with the same answer, until there is no event: a payment of which a part has
/// been given back is first reported as paid, then as refunded.
pub(crate) fn evaluate(case: &Case<'_>, found: &Found) -> Step {
    let said = Said::of(found);
    let state = case.position.state;
    if case.is_refund() {
        return refund::step(case, &said);
    }
    match state {
        State::Noted | State::NotSent => noted::not_arrived(case, &said),
        // The reply may still come, and what it means is for its sender to say.
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
        // What a person has decided stays; the other two are states of refunds.
        State::Settled | State::Refunded | State::RefundFailed => case.stay(Next::Never),
    }
}

/// Whether the answer names money that the gateway may have, as a person should know who has decided that there is none.
pub(crate) fn names_money(found: &Found) -> bool {
    Said::of(found).is_of_money_that_remains()
}
