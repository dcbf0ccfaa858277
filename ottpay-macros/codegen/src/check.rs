//! Second step: the raw model to a checked one, in which every name resolves and every rule of the language holds.
//!
//! Every problem of every file is collected; nothing stops at the first.

mod action;
mod callback;
mod duplicate;
mod example;
mod field;
mod gateway;
mod model;
mod page;
mod rust_names;
mod stand_ins;
mod types;
mod unused;

use std::collections::BTreeSet;

pub use model::*;
pub(crate) use rust_names::EXTENSION;
pub use rust_names::RESERVED;

use crate::names::suggestion;
use crate::read::{LOST, Located, RawSpec};
use crate::{Diagnostics, Mistake, Report, guarded};

/// A specification that another one extends: its files, and the methods that its client has.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) raw: RawSpec,
    pub(crate) methods: BTreeSet<String>,
}

/// Checks a raw model. `diagnostics` has what reading found; what checking finds joins it.
///
/// # Errors
/// Every problem of every file. A model with problems cannot be had.
pub fn spec(raw: RawSpec, mut diagnostics: Diagnostics) -> Result<Spec, Report> {
    let spec = all(raw, None, &mut diagnostics);
    let report = diagnostics.into_report();
    if report.is_empty() { Ok(spec) } else { Err(report) }
}

/// Checks a raw model. What has problems is marked in the checked one, so that stand-ins can be emitted for it.
pub(crate) fn all(raw: RawSpec, library: Option<Library>, diagnostics: &mut Diagnostics) -> Spec {
    let extends = library.is_some();
    let Library { raw: base, methods } = library.unwrap_or_default();
    let entries = stand_ins::find_entries(&raw);
    unused::report(&raw, &base, diagnostics);
    let gateway = if extends { base.gateway } else { raw.gateway };
    let codes_are_known = gateway.as_ref().is_some_and(|gateway| {
        gateway.misread.iter().all(|key| !matches!(*key, "codes" | LOST))
            && gateway.codes.iter().all(|code| code.misread.is_empty())
    });
    let gateway = gateway.map(|gateway| gateway::check(gateway, diagnostics)).unwrap_or_default();
    let mut types = types::Types::default();
    let codes = Some((&*gateway.codes, codes_are_known));
    if extends {
        types.extend(base.types, codes, true, diagnostics);
        types.extend(raw.types, None, false, diagnostics);
    } else {
        types.extend(raw.types, codes, false, diagnostics);
    }
    let is_unreadable = |name: &str| raw.unreadable.iter().any(|file| file.ends_with(name));
    types.is_unreadable = is_unreadable("/types.yaml");
    let of_library = base.callbacks.into_iter().map(|raw| (raw, true));
    let sources: Vec<_> = of_library.chain(raw.callbacks.into_iter().map(|raw| (raw, false))).collect();
    let mut callbacks: Vec<Callback> = Vec::new();
    for (raw, from_library) in sources {
        let file = raw.at.file.clone();
        if callbacks.iter().any(|known| known.from_library && known.name == raw.name.value) {
            let message = format!("the callback `{}` is there already", raw.name.value);
            let help = "give it another name, or use the one of the library";
            diagnostics.report(Mistake::TakenName, &raw.name.at, message, help);
            continue;
        }
        let checked = guarded(&file, diagnostics, |diagnostics| callback::check(raw, &types, diagnostics));
        callbacks.extend(checked.map(|callback| Callback { from_library, ..callback }));
    }
    let known = action::Known {
        default_path: &gateway.path,
        types: &types,
        callbacks: &callbacks,
        callbacks_are_unreadable: is_unreadable("/callbacks.yaml"),
    };
    let mut actions = Vec::new();
    let mut unread = Vec::new();
    for (stem, raw) in raw.actions {
        match raw {
            Some(raw) => {
                let file = raw.at.file.clone();
                let check = |diagnostics: &mut Diagnostics| action::check(raw, &stem, &known, diagnostics);
                match guarded(&file, diagnostics, check) {
                    Some(checked) => actions.extend(checked),
                    None => unread.push(stem),
                }
            }
            None => unread.push(stem),
        }
    }
    actions.sort_by(|a: &Action, b| a.name.cmp(&b.name));
    duplicate::report(&actions, diagnostics);
    let types::Types { enums, objects, .. } = types;
    let stand_ins = StandIns::default();
    let RawSpec { shown, files, .. } = raw;
    let mut spec = Spec { shown, files, extends, gateway, enums, objects, callbacks, actions, stand_ins };
    rust_names::differ(&spec, &methods, diagnostics);
    stand_ins::replace_invalid_items(&mut spec, &entries, &unread, diagnostics);
    spec
}

/// One of a fixed set of words, by its name. `of` ends the sentence that says so if it is none.
fn choice<T: Copy>(
    word: &Located<String>,
    what: &str,
    of: &str,
    known: &[(&'static str, T)],
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == word.value).map(|(_, value)| *value);
    if found.is_none() {
        let help = suggestion(&word.value, known.iter().map(|(name, _)| *name));
        let message = format!("unknown {what} `{}`{of}", word.value);
        diagnostics.report(Mistake::UnknownWord, &word.at, message, help);
    }
    found
}

/// The text of a key that `read` has reported if it is missing.
fn text(located: Option<Located<String>>) -> String {
    located.map(|located| located.value).unwrap_or_default()
}
