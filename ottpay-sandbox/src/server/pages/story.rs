//! The story of an order in steps: requests with their replies, events, and callbacks with their answers.

use crate::engine::Engine;
use crate::store::{BUYER, Event, Exchange, Topic};

/// A step of the story.
pub(super) enum Step<'a> {
    /// A request of the merchant or a link opened by the buyer, with the reply.
    Request(&'a Exchange),
    /// An act of the buyer.
    Buyer(&'a Event),
    /// Another event: the order expired, or a part was refunded.
    Event(&'a Event),
    /// A callback of the gateway, with the number of the attempt, if it is known.
    Callback(&'a Exchange, Option<usize>),
}

impl Step<'_> {
    pub(super) fn time(&self) -> i64 {
        match self {
            Self::Request(exchange) | Self::Callback(exchange, _) => exchange.at,
            Self::Buyer(event) | Self::Event(event) => event.at,
        }
    }

    /// Returns the position among steps of the same millisecond.
    fn rank(&self) -> u8 {
        // A request comes before what it causes, and a callback after what it reports.
        match self {
            Self::Request(_) => 0,
            Self::Buyer(_) | Self::Event(_) => 1,
            Self::Callback(..) => 2,
        }
    }
}

/// Lists the steps in the order in which they happened. Events are sorted earliest first and exchanges latest first;
/// attempts are numbered only if the exchanges are complete.
pub(super) fn tell_story<'a>(
    engine: &Engine,
    events: &'a [Event],
    exchanges: &'a [Exchange],
    are_all: bool,
) -> Vec<Step<'a>> {
    let is_action = |by: &str| engine.gateway().actions.iter().any(|info| info.action == by);
    let happened = events.iter().filter_map(|event| match event.topic() {
        Topic::State { by: BUYER, .. } => Some(Step::Buyer(event)),
        // The exchanges already show it.
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
    steps.sort_by_key(|step| (step.time(), step.rank()));
    steps
}
