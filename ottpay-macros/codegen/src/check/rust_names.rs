//! No two things may give one Rust name, and none may hide a name of the library.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Callback, Source, Spec};
use crate::Diagnostics;
use crate::names::{camel, is_keyword, is_snake};

/// Names that the crate `ottpay` re-exports or generates; a test keeps the list in step.
pub const RESERVED: &[&str] = &[
    "Amount",
    "AmountError",
    "CallbackError",
    "Cipher",
    "Client",
    "ClientBuilder",
    "ConfigError",
    "Currency",
    "CurrencyError",
    "DateTime",
    "Decimal",
    "Error",
    "Framing",
    "FromField",
    "IntoField",
    "Iv",
    "Money",
    "MoneyError",
    "OrderId",
    "OrderIdError",
    "Outcome",
    "Problem",
    "Rate",
    "QueryError",
    "Sending",
    "SignKey",
    "SignKeyError",
    "StatusClass",
    "Timestamp",
    "TimestampError",
    "Url",
    "UrlError",
    "Word",
];

/// Methods that every client has.
const CLIENT: [&str; 4] = ["builder", "send", "merchant_id", "clone"];

/// Whether a name can be a method of the client.
pub(super) fn is_method(name: &str) -> bool {
    let reserved = is_keyword(name) || matches!(name, "self" | "super" | "crate") || camel(name) == "Self";
    is_snake(name) && !reserved && !CLIENT.contains(&name)
}

pub(super) fn differ(spec: &Spec, diagnostics: &mut Diagnostics) {
    let enums = spec.enums.iter().map(|item| (item.name.clone(), &item.source));
    let callbacks = spec.callbacks.iter().map(|callback| (callback.type_name.clone(), &callback.source));
    let objects = spec.objects.iter().map(|object| (object.name.clone(), &object.source));
    let actions = spec.actions.iter().flat_map(|action| {
        let name = &action.type_name;
        let suffixes = [Some(""), Some("Builder"), Some("Reply"), (!action.returned.is_empty()).then_some("Return")];
        suffixes.into_iter().flatten().map(move |suffix| (format!("{name}{suffix}"), &action.source))
    });
    let types: Vec<(String, &Source)> = enums.chain(objects).chain(callbacks).chain(actions).collect();
    for (name, source) in &types {
        if RESERVED.contains(&name.as_str()) {
            let message = format!("the Rust type `{name}` would hide the one of the library");
            diagnostics.report_with_help(&source.file, source.at, message, "give it another name");
        }
    }
    unique("Rust type", types, diagnostics);
    let actions = spec.actions.iter().map(|Action { name, source, .. }| (name.clone(), source));
    let callbacks = spec.callbacks.iter().map(|Callback { method, source, .. }| (method.clone(), source));
    unique("method", actions.chain(callbacks).collect(), diagnostics);
}

fn unique(what: &str, names: Vec<(String, &Source)>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &Source> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for (name, source) in names {
        // Two actions of one name share all that is named after them; one message is enough.
        if let Some(earlier) = seen.insert(name.clone(), source)
            && reported.insert((&source.file, source.at))
        {
            let message = format!("the {what} `{name}` is also made from {}:{}", earlier.file, earlier.at.line);
            diagnostics.report_with_help(&source.file, source.at, message, "rename one of the two");
        }
    }
}
