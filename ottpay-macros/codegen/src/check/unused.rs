//! What is declared and used by nobody is a slip, or left over.

use std::collections::BTreeSet;

use super::Kind;
use crate::names::nearest;
use crate::read::{RawField, RawSpec};
use crate::{Diagnostics, Mistake};

pub(super) fn report(raw: &RawSpec, diagnostics: &mut Diagnostics) {
    // What a file that cannot be read uses, nobody knows.
    let everything_is_read = raw.unreadable.is_empty() && raw.actions.iter().all(|(_, action)| action.is_some());
    if !everything_is_read || !raw.types.unreadable.is_empty() {
        return;
    }
    let types = &raw.types;
    let declared = types.enums.iter().map(|declared| (&declared.name, &declared.file));
    let declared = declared.chain(types.objects.iter().map(|object| (&object.name, &object.file)));
    let declared: Vec<_> = declared.chain(types.shared.iter().map(|shared| (&shared.wire, &shared.file))).collect();
    let names = || declared.iter().map(|(name, _)| name.value.as_str());
    let mut used = BTreeSet::new();
    for field in fields(raw) {
        let built_in = |named: &str| Kind::BUILT_IN.iter().any(|(name, _)| *name == named);
        for named in field.kind.iter().chain(&field.content).filter(|named| !built_in(&named.value)) {
            // A misspelt name is one mistake, not two.
            used.insert(names().find(|name| *name == named.value).or_else(|| nearest(&named.value, names())));
        }
    }
    for (name, file) in &declared {
        if !used.contains(&Some(name.value.as_str())) {
            let message = format!("the type `{}` is not used", name.value);
            diagnostics.report(Mistake::UnusedType, file, name.at, message, "give it to a field, or remove it");
        }
    }
    let names = || raw.callbacks.iter().map(|callback| callback.name.value.as_str());
    let named = raw.actions.iter().filter_map(|(_, action)| action.as_ref()?.callback.as_ref());
    let named: BTreeSet<_> = named
        .filter_map(|named| names().find(|name| *name == named.value).or_else(|| nearest(&named.value, names())))
        .collect();
    for callback in &raw.callbacks {
        let name = &callback.name;
        match (named.contains(name.value.as_str()), callback.standalone.at()) {
            (false, None) => {
                let message = format!("the callback `{}` is named by no action", name.value);
                let help = format!(
                    "write `callback: {}` in the action that it follows, or `standalone: true` here",
                    name.value
                );
                diagnostics.report(Mistake::UnusedCallback, &callback.file, name.at, message, help);
            }
            (true, Some(at)) => {
                let message =
                    format!("`standalone` of the callback `{}` contradicts the action that names it", name.value);
                diagnostics.report(Mistake::Contradiction, &callback.file, at, message, "remove it");
            }
            _ => {}
        }
    }
}

/// Every field of a specification.
fn fields(raw: &RawSpec) -> impl Iterator<Item = &RawField> {
    let actions = raw.actions.iter().filter_map(|(_, action)| action.as_ref());
    let of_actions = actions.flat_map(|action| [&action.request, &action.outer, &action.reply, &action.returned]);
    let of_types = raw.types.objects.iter().map(|object| &object.fields).chain([&raw.types.shared]);
    let of_callbacks = raw.callbacks.iter().map(|callback| &callback.fields);
    of_actions.chain(of_types).chain(of_callbacks).flatten()
}
