//! Second step: the raw model to a checked one, in which every name resolves and every rule of the language holds.
//!
//! Every problem of every file is collected; nothing stops at the first.

mod action;
mod callback;
mod example;
mod field;
mod gateway;
mod model;
mod page;
mod rust_names;
mod types;

pub use model::*;
pub use rust_names::RESERVED;

use crate::Diagnostics;
use crate::names::suggestion;
use crate::read::{Located, RawSpec};

/// Checks a raw model. `diagnostics` has what reading found; what checking finds joins it.
///
/// # Errors
/// Every problem of every file. A model with problems cannot be had.
pub fn spec(raw: RawSpec, mut diagnostics: Diagnostics) -> Result<Spec, Diagnostics> {
    let spec = collect(raw, &mut diagnostics);
    diagnostics.into_result().map(|()| spec)
}

fn collect(raw: RawSpec, diagnostics: &mut Diagnostics) -> Spec {
    let gateway = raw.gateway.map(|gateway| gateway::check(gateway, diagnostics)).unwrap_or_default();
    let types = types::check_all_types(raw.types, &gateway.codes, diagnostics);
    let callbacks: Vec<Callback> =
        raw.callbacks.into_iter().map(|raw| callback::check(raw, &types, diagnostics)).collect();
    let mut actions = Vec::new();
    for raw in raw.actions {
        actions.extend(action::check(raw, &gateway.path, &types, &callbacks, diagnostics));
    }
    actions.sort_by(|a: &Action, b| a.name.cmp(&b.name));
    let types::Types { enums, objects, .. } = types;
    let spec = Spec { shown: raw.shown, files: raw.files, gateway, enums, objects, callbacks, actions };
    rust_names::differ(&spec, diagnostics);
    spec
}

/// One of a fixed set of words, by its name.
fn choice<T: Copy>(
    word: &Located<String>,
    what: &str,
    known: &[(&'static str, T)],
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == word.value).map(|(_, value)| *value);
    if found.is_none() {
        let help = suggestion(&word.value, known.iter().map(|(name, _)| *name));
        diagnostics.report_with_help(file, word.at, format!("unknown {what} `{}`", word.value), help);
    }
    found
}

/// The text of a key that `read` has reported if it is missing.
fn text(located: Option<Located<String>>) -> String {
    located.map(|located| located.value).unwrap_or_default()
}
