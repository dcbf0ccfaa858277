//! Reports unused declarations: each is a mistake, or left over.

use std::collections::BTreeSet;

use ottpay_vocabulary::find_nearest;

use super::model::Kind;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::{LOST, RawAction, RawField, RawSpec};

/// `base` is the specification that this one extends; it is not a mistake to use its names.
pub(super) fn report_unused(raw: &RawSpec, base: &RawSpec, diagnostics: &mut Diagnostics) {
    // It is unknown what a file uses that is missing or could not be read.
    if raw.actions.is_empty() || !raw.unreadable.is_empty() || raw.actions.iter().any(|(_, action)| action.is_none()) {
        return;
    }
    if !hides_types(raw) {
        report_unused_types(raw, base, diagnostics);
    }
    let hides = |action: &RawAction| action.misread.iter().any(|key| matches!(*key, "callback" | LOST));
    if !raw.actions.iter().filter_map(|(_, action)| action.as_ref()).any(hides) {
        report_unused_callbacks(raw, base, diagnostics);
    }
}

/// Whether something that may use a type could not be read.
fn hides_types(raw: &RawSpec) -> bool {
    let fields_of = |misread: &[&str]| {
        misread.iter().any(|key| matches!(*key, "request" | "outer" | "reply" | "returned" | "fields" | LOST))
    };
    let types = &raw.types;
    !types.unreadable.is_empty()
        || raw.actions.iter().filter_map(|(_, action)| action.as_ref()).any(|action| fields_of(&action.misread))
        || raw.callbacks.iter().any(|callback| fields_of(&callback.misread))
        || types.objects.iter().any(|object| fields_of(&object.misread))
        || types.enums.iter().any(|declared| declared.misread.contains(&LOST))
        || all_fields(raw).any(|field| field.misread.iter().any(|key| matches!(*key, "type" | "content" | LOST)))
}

/// Finds the declared name that is meant: the same, or a similar one. A misspelt name is one mistake, not two.
fn find_meant_name<'a, N: Iterator<Item = &'a str>>(named: &str, names: impl Fn() -> N) -> Option<&'a str> {
    names().find(|name| *name == named).or_else(|| find_nearest(named, names()))
}

fn report_unused_types(raw: &RawSpec, base: &RawSpec, diagnostics: &mut Diagnostics) {
    let declared: Vec<_> = raw.types.names().collect();
    let names = || declared.iter().map(|name| name.value.as_str());
    let mut used = BTreeSet::new();
    for field in all_fields(raw) {
        let is_other = |named: &str| {
            let built_in = Kind::BUILT_IN.iter().any(|(name, _)| *name == named);
            built_in || base.types.names().any(|name| name.value == named)
        };
        for named in field.kind.iter().chain(&field.content).filter(|named| !is_other(&named.value)) {
            used.extend(find_meant_name(&named.value, names));
        }
    }
    for name in &declared {
        // A name of the library is reported as taken.
        let is_taken = base.types.names().any(|taken| taken.value == name.value);
        if !is_taken && !used.contains(name.value.as_str()) {
            let message = format!("the type `{}` is not used", name.value);
            diagnostics.report(Mistake::UnusedType, &name.at, message, "give it to a field, or remove it");
        }
    }
}

fn report_unused_callbacks(raw: &RawSpec, base: &RawSpec, diagnostics: &mut Diagnostics) {
    let names = || raw.callbacks.iter().map(|callback| callback.name.value.as_str());
    let named = raw.actions.iter().filter_map(|(_, action)| action.as_ref()?.callback.as_ref());
    let named = named.filter(|named| base.callbacks.iter().all(|callback| callback.name.value != named.value));
    let named: BTreeSet<_> = named.filter_map(|named| find_meant_name(&named.value, names)).collect();
    let is_taken = |name: &str| base.callbacks.iter().any(|callback| callback.name.value == name);
    for callback in raw.callbacks.iter().filter(|callback| !is_taken(&callback.name.value)) {
        let name = &callback.name;
        match (named.contains(name.value.as_str()), callback.standalone.position()) {
            (false, None) => {
                let message = format!("the callback `{}` is not used by any action", name.value);
                let help = format!(
                    "write `callback: {}` in the action that it follows, or `standalone: true` here",
                    name.value
                );
                diagnostics.report(Mistake::UnusedCallback, &name.at, message, help);
            }
            (true, Some(at)) => {
                let message =
                    format!("`standalone` of the callback `{}` contradicts the action that names it", name.value);
                diagnostics.report(Mistake::Contradiction, at, message, "remove it");
            }
            _ => {}
        }
    }
}

/// Returns every field of a specification.
fn all_fields(raw: &RawSpec) -> impl Iterator<Item = &RawField> {
    let actions = raw.actions.iter().filter_map(|(_, action)| action.as_ref());
    let of_actions = actions.flat_map(|action| [&action.request, &action.outer, &action.reply, &action.returned]);
    let of_types = raw.types.objects.iter().map(|object| &object.fields).chain([&raw.types.shared]);
    let of_callbacks = raw.callbacks.iter().map(|callback| &callback.fields);
    of_actions.chain(of_types).chain(of_callbacks).flatten()
}
