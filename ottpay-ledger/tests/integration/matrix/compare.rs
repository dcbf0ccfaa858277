//! Compares the books of a shop with those of the gateway.

use ottpay_ledger::State;
use ottpay_sandbox::assume::{Callbacks, Echoes, MinorUnits, Queries, Totals};
use ottpay_sandbox::{Order, OrderState};

use super::case::{Case, Holder};
use super::operation::{ASKED, GIVEN_BACK, Operation};
use super::shop::Shop;
use super::truth::money_of;
use super::world::World;

/// Compares both books. Gives the reason why the shop cannot know, if it does not.
pub(crate) async fn compare(
    case: &Case,
    world: &World,
    shop: &Shop,
    operation: Operation,
    state: Option<State>,
) -> Result<Option<&'static str>, String> {
    let id = operation.id();
    let order = world.order(id);
    let effects = shop.effects(id).await;
    let (kind, minor) = match operation {
        Operation::Refund => ("refunded", GIVEN_BACK),
        _ => ("paid", ASKED),
    };
    let told: Vec<_> = effects.iter().filter(|(of, _)| of == kind).collect();
    let is_moved = match operation {
        Operation::Refund => order.as_ref().is_some_and(|order: &Order| order.state() == OrderState::Paid),
        _ => money_of(order.as_ref()),
    };
    let show = || format!("{state:?}, events {effects:?}, gateway {:?}", order.as_ref().map(Order::state));
    let shown = state.is_some_and(|state| state.needs_person());
    match told[..] {
        [] if !is_moved => Ok(None),
        [] if state == Some(State::RefundFailed) => {
            Err(format!("money went back, and it is shown as failed: {}", show()))
        }
        [] if shown => Ok(None),
        [] if is_blind(case, world).is_some() => Ok(is_blind(case, world)),
        [] => Err(format!("lost: {}", show())),
        [(_, told)] if is_moved && *told == minor => Ok(None),
        [_] if is_moved => Err(format!("another amount: {}", show())),
        [_] => Err(format!("made up: {}", show())),
        _ => Err(format!("doubled: {}", show())),
    }
}

/// Why the gateway gives the shop no sign of the money that it could use, if that is so by what is assumed.
fn is_blind(case: &Case, world: &World) -> Option<&'static str> {
    let has_queries = !(case.assumes(Queries::None) || case.assumes(Queries::Certain));
    let names_another = case.has_extras || case.assumes(MinorUnits::Times100) || case.assumes(Totals::Absent);
    match () {
        () if has_queries || case.holder == Holder::Client => None,
        () if case.assumes(Callbacks::Never) || !world.has_taken_callback() => {
            Some("no query knows the order, and no callback came")
        }
        () if case.operation == Operation::Checkout && case.assumes(Echoes::Off) => {
            Some("no query knows the page, and the callback does not name it")
        }
        () if names_another => Some("no query knows the order, and the callback names another amount than was asked"),
        () => None,
    }
}
