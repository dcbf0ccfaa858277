//! The story of an order in steps: requests with their replies, what happened to the order, callbacks with their answers.

use crate::engine::Engine;
use crate::store::{BUYER, Event, Exchange, Topic};

/// A step of the story.
pub(super) enum Step<'a> {
    /// The merchant asked, or the buyer opened a link, and the gateway answered.
    Request(&'a Exchange),
    /// The buyer did something.
    Buyer(&'a Event),
    /// Something else happened: time ran out, a part was refunded.
    Event(&'a Event),
    /// The gateway posted a callback, and this is which attempt it was, if that is known.
    Callback(&'a Exchange, Option<usize>),
}

impl Step<'_> {
    pub(super) fn at(&self) -> i64 {
        match self {
            Self::Request(exchange) | Self::Callback(exchange, _) => exchange.at,
            Self::Buyer(event) | Self::Event(event) => event.at,
        }
    }

    /// What comes first of steps of the same millisecond.
    fn rank(&self) -> u8 {
        match self {
            Self::Request(_) => 0,
            Self::Buyer(_) | Self::Event(_) => 1,
            Self::Callback(..) => 2,
        }
    }
}

/// The steps in the order in which they happened. The events come as they are kept, the exchanges the latest first; attempts
/// are counted if these are all exchanges of the order.
pub(super) fn tell_story<'a>(
    engine: &Engine,
    events: &'a [Event],
    exchanges: &'a [Exchange],
    are_all: bool,
) -> Vec<Step<'a>> {
    let is_action = |by: &str| engine.gateway().actions.iter().any(|info| info.action == by);
    let happened = events.iter().filter_map(|event| match event.topic() {
        Topic::State { by: BUYER, .. } => Some(Step::Buyer(event)),
        // The exchanges show it.
        Topic::State { by, .. } if is_action(by) => None,
        Topic::Attempt => None,
        Topic::State { .. } | Topic::Other => Some(Step::Event(event)),
    });
    let mut attempts = std::collections::BTreeMap::new();
    let exchanged = exchanges.iter().rev().map(|exchange| match exchange.callback {
        None => Step::Request(exchange),
        Some(callback) => {
            let attempt = attempts.entry(callback).and_modify(|attempt| *attempt += 1).or_insert(1_usize);
            Step::Callback(exchange, are_all.then_some(*attempt))
        }
    });
    let mut steps: Vec<_> = exchanged.chain(happened).collect();
    steps.sort_by_key(|step| (step.at(), step.rank()));
    steps
}
