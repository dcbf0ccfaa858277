//! Evaluates one step of an order.

use super::case::{Case, Found, Next, Step};
use super::statement::Statement;
use super::{noted, paid, refund, silence, unpaid};
use crate::state::State;

/// Evaluates one step. The caller continues from `after` with the same answer until there is no event. For example, a
/// partially refunded payment is first reported as paid, then as refunded.
pub(crate) fn evaluate(case: &Case<'_>, found: &Found) -> Step {
    let statement = Statement::from_found(found);
    let state = case.position.state;
    if case.is_refund() {
        return refund::evaluate(case, &statement);
    }
    match state {
        State::Noted | State::NotSent => noted::evaluate_unsent(case, &statement),
        // The reply may still arrive, and only the sender can interpret it.
        State::Sending => case.stay(silence::next_query(case)),
        State::Refused => noted::evaluate_refused(case, &statement),
        State::Conflict => case.report_conflict(),
        State::Open
        | State::Unpayable
        | State::Unknown
        | State::Reserved
        | State::GivenBack
        | State::Ended
        | State::Mismatch
        | State::Unconfirmed
        | State::Unresolved
        | State::Lapsed => unpaid::evaluate(case, &statement),
        State::Paid | State::PaidAgain | State::Reversed => paid::evaluate(case, &statement),
        // A person's decision is final; the other two are states of refunds.
        State::Settled | State::Refunded | State::RefundFailed => case.stay(Next::Never),
    }
}

/// Whether the answer reports money that the gateway may hold. A person who decided that there is none should know.
pub(crate) fn names_money(found: &Found) -> bool {
    Statement::from_found(found).is_of_money_that_remains()
}
