//! The targets by their names, with their seeds and the words that mean something to them.

use crate::{callback, control, explanation, fields, inner, ledger, outer, query, recorded, scenario, words, yaml};

/// A target.
pub struct Target {
    /// Its name, which is that of its program and of its folder of cases.
    pub name: &'static str,
    /// Returns whether it understood the input; panics if an invariant is violated.
    pub run: fn(&[u8]) -> bool,
    /// Initial inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that mean something in an input.
    pub words: &'static [&'static str],
    /// How many of a hundred seeds it must understand at least.
    pub understood: usize,
    /// How many inputs the bounded run makes.
    pub inputs: u32,
}

/// Every target.
pub const ALL: [Target; 10] = [
    Target {
        name: "outer",
        run: outer::target,
        seeds: outer::seeds,
        words: words::OUTER,
        understood: 95,
        inputs: 15_000,
    },
    Target {
        name: "inner",
        run: inner::target,
        seeds: inner::seeds,
        words: words::INNER,
        understood: 95,
        inputs: 8_000,
    },
    Target {
        name: "explanation",
        run: explanation::target,
        seeds: inner::seeds,
        words: words::INNER,
        understood: 40,
        inputs: 1_500,
    },
    Target {
        name: "callback",
        run: callback::target,
        seeds: callback::seeds,
        words: words::CALLBACK,
        understood: 50,
        inputs: 12_000,
    },
    Target {
        name: "query",
        run: query::target,
        seeds: query::seeds,
        words: words::QUERY,
        understood: 65,
        inputs: 15_000,
    },
    Target {
        name: "fields",
        run: fields::target,
        seeds: fields::seeds,
        words: words::FIELDS,
        understood: 35,
        inputs: 15_000,
    },
    Target { name: "yaml", run: yaml::target, seeds: yaml::seeds, words: words::YAML, understood: 25, inputs: 400 },
    Target {
        name: "control",
        run: control::target,
        seeds: control::seeds,
        words: words::CONTROL,
        understood: 85,
        inputs: 200,
    },
    Target {
        name: "ledger",
        run: ledger::target,
        seeds: recorded::seeds,
        words: words::LEDGER,
        understood: 60,
        inputs: 12_000,
    },
    Target {
        name: "scenario",
        run: scenario::target,
        seeds: scenario::seeds,
        words: words::SCENARIO,
        understood: 90,
        inputs: 4_000,
    },
];
