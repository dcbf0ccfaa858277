//! Compares the state of the sandbox with the expectations of a step: an order of a shop, its state, or the number of
//! requests. Each function returns why they differ.

use std::collections::BTreeMap;

use ottpay::Amount;

use crate::engine::Engine;
use crate::order::Order;
use crate::scenario::step::CallbackOutcome;
use crate::store::{CallbackState, Counts, OrderSearch};

/// The maximum number of latest orders among which a `wait` searches.
const MAX_LOOKED_AT: u32 = 1000;

pub(super) fn find_order(engine: &Engine, id: &str) -> Result<Order, String> {
    engine.require_order(id).map_err(|error| error.to_string())
}

/// Finds the first order of an action after this serial number that no step has named yet.
pub(super) fn find_next(
    engine: &Engine,
    action: &str,
    latest: i64,
    named: &BTreeMap<String, String>,
) -> Result<Order, String> {
    let search = OrderSearch { limit: MAX_LOOKED_AT, ..OrderSearch::default() };
    let found = engine.search(&search).map_err(|error| error.to_string())?;
    let is_named = |order: &Order| named.values().any(|id| *id == order.id || order.checkout_id.as_ref() == Some(id));
    // The search has the latest order first, and the next one is the earliest of the new ones.
    let mut new = found.orders.into_iter().rev().filter(|(serial, _)| *serial > latest);
    let next = new.find(|(_, order)| order.action.has_name(action) && !is_named(order));
    next.map(|(_, order)| order).ok_or_else(|| format!("the shop has not created another order by {action}"))
}

pub(super) fn compare_state(order: &Order, expected: Option<&str>) -> Result<(), String> {
    let found = order.state_word();
    match expected {
        // A completed refund is `refunded` on the pages and `paid` in the control interface: both words are right.
        Some(expected) if expected != found && expected != order.state.name() => {
            Err(format!("expected the state {expected}, found {found}"))
        }
        _ => Ok(()),
    }
}

pub(super) fn compare_order(
    engine: &Engine,
    id: &str,
    state: Option<&str>,
    refunded: Option<Amount>,
    callback: Option<CallbackOutcome>,
) -> Result<(), String> {
    let order = find_order(engine, id)?;
    compare_state(&order, state)?;
    if let Some(expected) = refunded.filter(|expected| *expected != order.refunded) {
        return Err(format!("refunded is {}, expected {}", order.refunded.minor(), expected.minor()));
    }
    let Some(expected) = callback else { return Ok(()) };
    match find_callback_outcome(engine, &order)? {
        found if found == expected => Ok(()),
        found => Err(format!("its callback is {}, expected {}", found.name(), expected.name())),
    }
}

/// Returns the outcome of an order's genuine callbacks. Forged ones do not count, because a shop has to reject them.
fn find_callback_outcome(engine: &Engine, order: &Order) -> Result<CallbackOutcome, String> {
    let states = engine.genuine_callback_states(order).map_err(|error| error.to_string())?;
    Ok(match () {
        () if states.is_empty() => CallbackOutcome::None,
        () if states.contains(&CallbackState::Waiting) => CallbackOutcome::Waiting,
        () if states.contains(&CallbackState::Failed) => CallbackOutcome::Failed,
        () => CallbackOutcome::Delivered,
    })
}

pub(super) fn compare_counts(
    found: Counts,
    count: Option<u64>,
    accepted: Option<u64>,
    refused: Option<u64>,
) -> Result<(), String> {
    let Counts { accepted: found_accepted, refused: found_refused } = found;
    let pairs = [
        ("received", found_accepted.saturating_add(found_refused), count),
        ("accepted", found_accepted, accepted),
        ("refused", found_refused, refused),
    ];
    let wrong = pairs.into_iter().find_map(|(what, found, expected)| {
        let expected = expected.filter(|expected| *expected != found)?;
        Some(format!("{what} {found}, expected {expected}"))
    });
    wrong.map_or(Ok(()), Err)
}
