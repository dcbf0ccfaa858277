//! Replaces invalid items with stand-ins of the same name, so that one mistake in YAML is one compile error. An item
//! that uses an invalid one is invalid too, and needs no message.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::model::{Action, Field, Kind, Spec, StandIns};
use super::taken_names::{find_hidden, find_method_fault};
use crate::diagnostic::{Diagnostics, Position};
use crate::names::{is_camel, to_camel, to_snake};
use crate::read::{PAGES, RawSpec, entries_at_the_margin, names_under, text_in};

/// Finds where each entry of `types.yaml` and `callbacks.yaml` begins; it extends to the next one in its file.
pub(super) fn find_entries(raw: &RawSpec) -> BTreeSet<Position> {
    let names = raw.types.names().chain(&raw.types.unreadable);
    let names = names.chain(raw.callbacks.iter().map(|callback| &callback.name));
    names.map(|name| name.at.clone()).chain(raw.types.pages.at.clone()).collect()
}

/// Replaces invalid items. `entries` is the result of [`find_entries`].
pub(super) fn replace_invalid_items(
    spec: &mut Spec,
    entries: &BTreeSet<Position>,
    unread: &[String],
    diagnostics: &Diagnostics,
) {
    let has_problems = |source: &Position| {
        let next = entries.range((Bound::Excluded(source), Bound::Unbounded)).next();
        diagnostics.has_between(source, next.filter(|next| next.file == source.file))
    };
    // Enums, objects, callbacks, actions: each kind may contain only the ones before it.
    let mut enums = BTreeSet::new();
    for (index, declared) in spec.enums.iter_mut().enumerate() {
        declared.is_broken |= !declared.from_library && has_problems(&declared.source);
        if declared.is_broken {
            enums.insert(index);
        }
    }
    let mut objects = BTreeSet::new();
    let uses = |fields: &[Field], objects: &BTreeSet<usize>| {
        let broken = |field: &Field| match field.kind {
            Kind::Enum(index) => enums.contains(&index),
            kind => kind.object().or(field.content).is_some_and(|index| objects.contains(&index)),
        };
        fields.iter().any(broken)
    };
    // An object can only contain objects that are declared before it.
    for (index, object) in spec.objects.iter_mut().enumerate() {
        object.is_broken |= !object.from_library && (has_problems(&object.source) || uses(&object.fields, &objects));
        if object.is_broken {
            objects.insert(index);
        }
    }
    for callback in &mut spec.callbacks {
        callback.is_broken =
            !callback.from_library && (has_problems(&callback.source) || uses(&callback.fields, &objects));
    }
    let callbacks = &spec.callbacks;
    let is_broken = |action: &Action| {
        let callback = action.callback.and_then(|index| callbacks.get(index));
        diagnostics.has_in(&action.source.file)
            || uses(&action.request, &objects)
            || uses(&action.reply, &objects)
            || uses(&action.returned, &objects)
            || callback.is_some_and(|callback| callback.is_broken)
    };
    let (mut broken, good): (Vec<_>, Vec<_>) = std::mem::take(&mut spec.actions).into_iter().partition(is_broken);
    // A read has no queries, so one pass is enough.
    let names: BTreeSet<String> = good.iter().map(|action| action.name.clone()).collect();
    let asks = |action: &Action| {
        let mut own = action.queries.iter().filter(|query| !query.from_library);
        own.all(|query| names.contains(&query.action))
    };
    let (good, asking): (Vec<_>, Vec<_>) = good.into_iter().partition(asks);
    broken.extend(asking);
    spec.actions = good;
    spec.stand_ins = stand_ins(spec, &broken, unread, diagnostics);
}

/// Whether the client can have a method of this name.
fn is_method(name: &str) -> bool {
    find_method_fault(name).is_none()
}

fn stand_ins(spec: &Spec, broken: &[Action], unread: &[String], diagnostics: &Diagnostics) -> StandIns {
    let mut types: BTreeSet<String> = BTreeSet::new();
    let mut methods: BTreeSet<String> = broken.iter().map(|action| action.name.clone()).collect();
    types.extend(spec.enums.iter().filter(|declared| declared.is_broken).map(|declared| declared.name.clone()));
    types.extend(spec.objects.iter().filter(|object| object.is_broken).map(|object| object.name.clone()));
    for stem in unread {
        let text = diagnostics.find_text(&format!("{}/actions/{stem}.yaml", spec.shown));
        let listed = names_under(text, "methods");
        // Without a list of methods, the file is named after its method.
        match listed.is_empty() {
            true => _ = methods.insert(to_snake(stem)),
            false => methods.extend(listed.into_iter().map(ToOwned::to_owned)),
        }
    }
    for method in &methods {
        types.extend(["", "Builder", "Reply", "Return"].map(|suffix| format!("{}{suffix}", to_camel(method))));
    }
    let mut callbacks = BTreeSet::new();
    for callback in spec.callbacks.iter().filter(|callback| callback.is_broken) {
        types.insert(callback.type_name.clone());
        callbacks.insert(callback.method.clone());
    }
    // Names are known even for a file that is not YAML, or an entry that is not a map.
    let known: BTreeSet<&str> = spec.enums.iter().map(|declared| declared.name.as_str()).collect();
    let text = diagnostics.find_text(&format!("{}/types.yaml", spec.shown));
    let unknown = entries_at_the_margin(text)
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !known.contains(name) && *name != PAGES);
    if !text.is_empty() && has_lost_types(spec, diagnostics) {
        types.extend(unknown.map(ToOwned::to_owned));
    }
    // Code uses an invalid name in its corrected form.
    types.extend(types.clone().iter().filter(|name| !is_camel(name)).map(|name| to_camel(&to_snake(name))));
    methods.extend(methods.clone().iter().filter(|name| !is_method(name)).map(|name| to_snake(name)));
    let text = diagnostics.find_text(&format!("{}/callbacks.yaml", spec.shown));
    let known: BTreeSet<&str> = spec.callbacks.iter().map(|callback| callback.name.as_str()).collect();
    for (name, lines) in entries_at_the_margin(text).into_iter().filter(|(name, _)| !known.contains(name)) {
        let name = to_snake(name);
        types.insert(format!("{}Callback", to_camel(&name)));
        callbacks.insert(text_in(&lines, "method").map_or_else(|| format!("{name}_callback"), ToOwned::to_owned));
    }
    // Valid items keep their names.
    let objects = spec.objects.iter().filter(|object| !object.is_broken).map(|object| object.name.clone());
    let enums = spec.enums.iter().filter(|declared| !declared.is_broken).map(|declared| declared.name.clone());
    let good = spec.callbacks.iter().filter(|callback| !callback.is_broken);
    let of_callbacks = good.clone().map(|callback| callback.type_name.clone());
    let actions = spec.actions.iter().flat_map(Action::type_names);
    for name in objects.chain(enums).chain(of_callbacks).chain(actions) {
        types.remove(&name);
    }
    for name in spec.actions.iter().map(|action| &action.name).chain(good.map(|callback| &callback.method)) {
        methods.remove(name);
        callbacks.remove(name);
    }
    // A stand-in of such a name would hide what the name normally means.
    types.retain(|name| is_camel(name) && find_hidden(name).is_none());
    methods.retain(|name| is_method(name));
    callbacks.retain(|name| is_method(name) && !methods.contains(name));
    StandIns { types, methods, callbacks }
}

/// Whether something in `types.yaml` could not be read, so that its names are known only from the text.
fn has_lost_types(spec: &Spec, diagnostics: &Diagnostics) -> bool {
    diagnostics.has_in(&format!("{}/types.yaml", spec.shown))
}
