//! What an observer remembers of a world, and the number of checks.

use std::collections::{BTreeMap, BTreeSet};

use super::invariant::Invariant;

/// What an observer remembers because no table stores it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Watch {
    /// How many callbacks of each order were acknowledged.
    pub(crate) acknowledged: BTreeMap<String, i64>,
    /// Orders with an acknowledged genuine callback that the gateway has not been queried about since.
    pub(crate) to_ask: BTreeSet<String>,
    /// Orders whose link the buyer has.
    pub(crate) links: BTreeSet<String>,
    /// Orders that were once called unpayable.
    pub(crate) unpayable: BTreeSet<String>,
}

/// How often each invariant was checked, and the first that did not hold.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// Whether this happens for the first time, and is not repeated to return to a state.
    pub(crate) is_new: bool,
    pub(crate) counts: BTreeMap<Invariant, u64>,
    pub(crate) broken: Option<(Invariant, String)>,
}

impl Checks {
    pub(crate) fn check(&mut self, invariant: Invariant, holds: bool, what: impl FnOnce() -> String) {
        if self.is_new {
            *self.counts.entry(invariant).or_default() += 1;
        }
        if !holds && self.broken.is_none() {
            self.broken = Some((invariant, what()));
        }
    }
}
