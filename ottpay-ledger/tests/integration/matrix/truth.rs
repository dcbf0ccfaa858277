//! Compares what the gateway received and did with what the sender of a request learns.

use ottpay::Outcome;
use ottpay::spec::Effect;
use ottpay_sandbox::{OrderKind, OrderState};

use super::case::Case;
use super::operation::Operation;
use super::world::World;

/// Whether money has moved by the operation: the gateway has it, or has given it back.
pub(crate) fn is_moved(world: &World, operation: Operation) -> bool {
    let kind = if operation == Operation::Refund { OrderKind::Refund } else { OrderKind::Payment };
    world.order(operation.id()).is_some_and(|order| order.kind() == kind && order.state() == OrderState::Paid)
}

/// What the sender of a request learns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Told {
    Reply,
    Error(Outcome),
    /// It ended before.
    Nothing,
}

/// Checks that what the sender learns is true.
pub(crate) fn check_told(world: &World, case: &Case, told: Told) -> Result<(), String> {
    let is_there = world.order(case.operation.id()).is_some();
    let was_seen = world.proxy.count(case.operation.on_wire()) > 0;
    judge_told(told, is_there, was_seen)
}

/// `is_there`: the gateway has the order. `was_seen`: the request arrived.
fn judge_told(told: Told, is_there: bool, was_seen: bool) -> Result<(), String> {
    match told {
        Told::Reply if !is_there => Err("there is a reply, and the gateway has nothing".to_owned()),
        Told::Error(outcome @ (Outcome::Never | Outcome::NotSent | Outcome::Refused)) if is_there => {
            Err(format!("the outcome is `{outcome}`, and the gateway has it"))
        }
        Told::Error(outcome @ (Outcome::Never | Outcome::NotSent)) if was_seen => {
            Err(format!("the outcome is `{outcome}`, and the request arrived"))
        }
        Told::Error(Outcome::DuplicateId) => Err("the id is new, and the outcome says that it is not".to_owned()),
        Told::Reply | Told::Error(_) | Told::Nothing => Ok(()),
    }
}

/// A write is sent once, and the planned fault happened.
pub(crate) fn check_requests(world: &World, case: &Case) -> Result<(), String> {
    let operation = case.operation;
    let sent = world.proxy.count(operation.on_wire());
    let is_by_shop = operation.info().effect == Effect::Write && !operation.is_by_buyer();
    if is_by_shop && sent > 1 {
        return Err(format!("the request was sent {sent} times"));
    }
    // With other assumptions, a reply may have nothing to alter.
    if case.fault.on_wire().is_some() && world.proxy.struck() == 0 && case.assumptions.is_empty() {
        return Err("nothing went wrong".to_owned());
    }
    Ok(())
}

#[test]
fn a_wrong_answer_to_a_sender_is_found() {
    use Outcome::{DuplicateId, Never, NotSent, Refused, Unknown};
    let told = Told::Error;
    for (told, is_there, was_seen, expected) in [
        (Told::Reply, false, true, "there is a reply, and the gateway has nothing"),
        (told(Never), true, true, "the outcome is `never`, and the gateway has it"),
        (told(NotSent), true, true, "the outcome is `not_sent`, and the gateway has it"),
        (told(Refused), true, true, "the outcome is `refused`, and the gateway has it"),
        (told(Never), false, true, "the outcome is `never`, and the request arrived"),
        (told(NotSent), false, true, "the outcome is `not_sent`, and the request arrived"),
        (told(DuplicateId), true, true, "the id is new, and the outcome says that it is not"),
        (told(DuplicateId), false, true, "the id is new, and the outcome says that it is not"),
    ] {
        assert_eq!(judge_told(told, is_there, was_seen).unwrap_err(), expected);
    }
    for (told, is_there, was_seen) in [
        (Told::Reply, true, true),
        (told(NotSent), false, false),
        (told(Refused), false, true),
        (told(Unknown), true, true),
        (told(Unknown), false, true),
        (Told::Nothing, true, true),
    ] {
        assert_eq!(judge_told(told, is_there, was_seen), Ok(()), "{told:?}");
    }
}
