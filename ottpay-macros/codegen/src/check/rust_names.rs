//! Rejects declarations that would generate the same Rust name, and those that would hide an existing name.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Action, Callback, Spec};
use super::taken_names::{find_hidden, find_method_fault, propose_snake};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::to_camel;

/// Pairs of declarations that have been reported: one message is enough, however many names they share.
pub(super) type Pairs = BTreeSet<(Position, Position)>;

/// `methods` are those that the client already has. Returns the pairs that have been reported.
pub(super) fn reject_clashing_names(spec: &Spec, methods: &BTreeSet<String>, diagnostics: &mut Diagnostics) -> Pairs {
    let own = spec.callbacks.iter().filter(|callback| !callback.from_library);
    // An impossible method name is reported with the action; the type names derived from it are not.
    let actions = spec.actions.iter().filter(|action| find_method_fault(&action.name).is_none());
    // The declarations with a message; a second one would not help.
    let mut refused: BTreeSet<&Position> = BTreeSet::new();
    let of_actions = actions.clone().map(|Action { name, source, .. }| (name.clone(), source));
    let of_callbacks = own.clone().map(|Callback { method, source, .. }| (method.clone(), source));
    let of_client: Vec<(String, &Position)> = of_actions.chain(of_callbacks).collect();
    for (name, source) in of_client.iter().filter(|(name, _)| methods.contains(name)) {
        let message = format!("`{name}` is already a method of `Client` and would shadow yours");
        diagnostics.report(Mistake::TakenName, source, message, "give it another name");
        refused.insert(source);
    }
    // The types of `types.yaml` are checked against the same lists at their declaration.
    for action in actions.clone() {
        let hidden = action.type_names().into_iter().find_map(|name| Some((find_hidden(&name)?, name)));
        if let Some((hidden, name)) = hidden.filter(|_| refused.insert(&action.source)) {
            let message = format!("the Rust type `{name}` would hide {hidden}");
            let proposed = propose_snake(&action.name, "call");
            let help = match action.is_named_by_file() {
                true => format!("rename the file, for example to `{proposed}.yaml`"),
                false => format!("give the method another name, for example `{proposed}`"),
            };
            diagnostics.report(Mistake::TakenName, &action.source, message, help);
        }
    }
    let enums = spec.enums.iter().filter(|declared| !declared.from_library);
    let enums = enums.map(|declared| (declared.name.clone(), &declared.source));
    let objects = spec.objects.iter().filter(|object| !object.from_library);
    let objects = objects.map(|object| (object.name.clone(), &object.source));
    // A second declared type of the same name is reported at its declaration.
    let mut seen = BTreeSet::new();
    let declared = enums.chain(objects).filter(|(name, _)| seen.insert(name.clone()));
    let callbacks = own.map(|callback| (callback.type_name.clone(), &callback.source));
    let actions = actions.flat_map(|action| action.type_names().into_iter().map(|name| (name, &action.source)));
    let of_messages: BTreeSet<String> = callbacks.clone().chain(actions.clone()).map(|(name, _)| name).collect();
    let types: Vec<(String, &Position)> = declared.chain(callbacks).chain(actions).collect();
    // Of the library's actions only the methods are known, after which their types are named.
    let mut of_library: BTreeSet<String> = methods
        .iter()
        .flat_map(|method| ["", "Builder", "Reply", "Return"].map(|suffix| format!("{}{suffix}", to_camel(method))))
        .collect();
    of_library.extend(spec.callbacks.iter().filter(|of| of.from_library).map(|of| of.type_name.clone()));
    // A declared type of such a name is rejected at its declaration.
    let shared = spec.enums.iter().filter(|of| of.from_library).map(|of| &of.name);
    let shared = shared.chain(spec.objects.iter().filter(|of| of.from_library).map(|of| &of.name));
    of_library.extend(shared.filter(|name| of_messages.contains(*name)).cloned());
    for (name, source) in types.iter().filter(|(name, _)| of_library.contains(name)) {
        if refused.insert(source) {
            let message = format!("the Rust type `{name}` would hide the library's own");
            diagnostics.report(Mistake::TakenName, source, message, "give it another name");
        }
    }
    let mut pairs = Pairs::new();
    reject_equal_names("method", of_client, &mut pairs, diagnostics);
    reject_equal_names("Rust type", types, &mut pairs, diagnostics);
    pairs
}

fn reject_equal_names(what: &str, names: Vec<(String, &Position)>, pairs: &mut Pairs, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &Position> = BTreeMap::new();
    for (name, source) in names {
        if let Some(earlier) = seen.insert(name.clone(), source)
            // Always in the same order, so that a pair is found whichever item is seen first.
            && pairs.insert((earlier.min(source).clone(), earlier.max(source).clone()))
        {
            let message = format!("two declarations would give the {what} `{name}`");
            let related = (earlier, "the first");
            diagnostics.report_beside(Mistake::NameClash, source, message, related, "rename one of the two");
        }
    }
}
