//! Which faults cannot happen to an operation or to a holder, each with the reason.

use ottpay::spec::{Effect, Role};
use ottpay_sandbox::Fault as AtGateway;

use super::case::Holder;
use super::fault::{Callback, Fault, OnWire, Step, StoreFault};
use super::operation::Operation;

/// Why a fault cannot happen to this operation of this holder; `None` if it can.
pub(crate) fn reason(fault: Fault, operation: Operation, holder: Holder) -> Option<&'static str> {
    of_operation(fault, operation).or_else(|| of_holder(fault, holder))
}

fn of_operation(fault: Fault, operation: Operation) -> Option<&'static str> {
    let info = operation.info();
    match fault {
        Fault::OnWire(on) if on.is_of_seal() && operation.is_by_buyer() => Some("the shop gets no reply"),
        Fault::OnWire(on) if on.is_of_seal() && !operation.is_sealed() => Some("the reply is not sealed"),
        Fault::AtGateway(AtGateway::ForgetSort) if operation.is_by_buyer() => Some("the shop gets no reply"),
        Fault::AtGateway(AtGateway::ForgetSort) if !operation.is_sealed() => Some("the reply is not sealed"),
        Fault::OnWire(OnWire::OtherOrder)
            if !operation.replies_with(&[Role::Order, Role::Refund, Role::CheckoutOrder]) =>
        {
            Some("the reply names no order")
        }
        Fault::OnWire(OnWire::UnreadableMoney) if !operation.replies_with(&[Role::Amount]) => {
            Some("the reply states no amount")
        }
        Fault::AtGateway(AtGateway::Processing) if info.effect == Effect::Read => Some("a query settles nothing"),
        Fault::OfCallback(_) | Fault::Callback(Callback::NotTaken | Callback::BeforeReply)
            if info.callback.is_none() =>
        {
            Some("no callback follows it")
        }
        Fault::Callback(Callback::BeforeReply) if operation.is_by_buyer() => Some("the shop gets no reply"),
        Fault::Callback(Callback::Forged) if operation.needs_payment() => Some("no callback follows it"),
        Fault::ShopKilled(Step::Unsent | Step::Unanswered) | Fault::Store(StoreFault::AwayAfter) | Fault::ShopClock
            if operation.is_by_buyer() || info.effect == Effect::Read =>
        {
            Some("the shop sends no request that it has noted")
        }
        Fault::Store(StoreFault::CommitUnanswered | StoreFault::CommitLost) if info.effect == Effect::Read => {
            Some("a query notes nothing before it is sent")
        }
        Fault::GatewayClock if operation.needs_payment() || operation == Operation::Till => {
            Some("the order is paid by then")
        }
        _ => None,
    }
}

fn of_holder(fault: Fault, holder: Holder) -> Option<&'static str> {
    match fault {
        Fault::ShopKilled(_) if holder == Holder::Client => Some("the client alone keeps nothing"),
        Fault::Store(_) | Fault::ShopClock if holder == Holder::Client => Some("the client alone has no database"),
        _ => None,
    }
}
