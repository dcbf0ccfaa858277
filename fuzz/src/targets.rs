//! The targets by their names, with their seeds and the words that mean something to them.

use crate::{callback, control, fields, inner, ledger, outer, query, yaml};

/// A target.
pub struct Target {
    /// Its name, which is that of its program and of its folder of cases.
    pub name: &'static str,
    /// Says whether it understood the input; panics if something does not hold.
    pub run: fn(&[u8]) -> bool,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that mean something in an input.
    pub words: &'static [&'static str],
    /// How many inputs the bounded run makes.
    pub inputs: u32,
}

/// Every target.
pub const ALL: [Target; 8] = [
    Target { name: "outer", run: outer::target, seeds: outer::seeds, words: outer::WORDS, inputs: 15_000 },
    Target { name: "inner", run: inner::target, seeds: inner::seeds, words: inner::WORDS, inputs: 8_000 },
    Target { name: "callback", run: callback::target, seeds: callback::seeds, words: callback::WORDS, inputs: 12_000 },
    Target { name: "query", run: query::target, seeds: query::seeds, words: query::WORDS, inputs: 15_000 },
    Target { name: "fields", run: fields::target, seeds: fields::seeds, words: fields::WORDS, inputs: 15_000 },
    Target { name: "yaml", run: yaml::target, seeds: yaml::seeds, words: yaml::WORDS, inputs: 400 },
    Target { name: "control", run: control::target, seeds: control::seeds, words: control::WORDS, inputs: 200 },
    Target { name: "ledger", run: ledger::target, seeds: ledger::seeds, words: ledger::WORDS, inputs: 12_000 },
];
