//! The buyer, and what happens at the gateway meanwhile: the same for the client alone and for the ledger.

use std::time::Duration;

use super::case::Case;
use super::fault::{Callback, Fault};
use super::world::World;

/// The buyer has paid, and the shop has the callback, before the reply is let through.
pub(crate) async fn pay_before_reply(world: &World, case: &Case) {
    world.wait_for_order(case.operation.id()).await;
    world.pay(case.operation.id()).await;
    world.proxy.release();
}

/// After the fault and before the payment: the device sends what it was `given` until the gateway has it, time passes at the
/// gateway, and callbacks are forged.
pub(crate) async fn prepare_to_pay(world: &World, case: &Case, given: Option<&str>) {
    if let Some(given) = given
        && world.order(case.operation.id()).is_none()
    {
        world.use_device(case.operation, given).await;
    }
    match case.fault {
        Fault::GatewayClock => world.sandbox().advance(Duration::from_secs(31 * 60)).unwrap(),
        Fault::Callback(Callback::Forged) => world.post_forgeries().await,
        _ => {}
    }
}
