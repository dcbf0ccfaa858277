//! What the gateway has, and what it saw.

use ottpay::spec::Effect;
use ottpay_sandbox::{Order, OrderKind, OrderState};

use super::case::Case;
use super::world::World;

/// Whether the gateway has money of the buyer's for it.
pub(crate) fn money_of(order: Option<&Order>) -> bool {
    order.is_some_and(|order| order.kind() == OrderKind::Payment && order.state() == OrderState::Paid)
}

/// A write is sent once, nothing is there twice, and what was to go wrong did.
pub(crate) fn check_requests(world: &World, case: &Case) -> Result<(), String> {
    let operation = case.operation;
    let sent = world.proxy.count(operation.on_wire());
    let is_by_shop = operation.info().effect == Effect::Write && !operation.is_by_buyer();
    if is_by_shop && sent > 1 {
        return Err(format!("the request was sent {sent} times"));
    }
    use super::fault::{Callback, Fault};
    let is_on_way =
        matches!(case.fault, Fault::OnWire(_) | Fault::SandboxKilled | Fault::Callback(Callback::BeforeReply));
    // Replies that are otherwise may have nothing to alter.
    if is_on_way && world.proxy.struck() == 0 && case.assumptions.is_empty() {
        return Err("nothing went wrong".to_owned());
    }
    Ok(())
}
