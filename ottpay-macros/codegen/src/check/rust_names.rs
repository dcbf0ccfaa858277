//! Rejects declarations that would give one Rust name, and those that would hide a name of the library.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Action, Callback, Spec};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{camel, is_keyword, is_snake};

/// Names that the crate `ottpay` re-exports or generates; a test keeps the list in step.
pub const RESERVED: &[&str] = &[
    "Acknowledgement",
    "AcknowledgementError",
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
    "ValueError",
    "Word",
];

/// The trait that gives private actions to the client of the library.
pub(crate) const EXTENSION: &str = "ClientExt";

/// Methods that every client has.
const CLIENT: [&str; 5] = ["acknowledgement", "builder", "send", "merchant_id", "clone"];

/// Methods that traits of the standard library give to everything: a trait that extends the client cannot have them, too.
const EVERYTHING: [&str; 12] = [
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone_from",
    "clone_into",
    "fmt",
    "from",
    "into",
    "to_owned",
    "try_into",
    "type_id",
];

/// Whether a name can be a method of the client.
pub(super) fn is_method(name: &str) -> bool {
    let reserved = is_keyword(name) || matches!(name, "self" | "super" | "crate") || camel(name) == "Self";
    is_snake(name) && !reserved && !CLIENT.contains(&name) && !EVERYTHING.contains(&name)
}

/// `methods` are those that the client has already.
pub(super) fn reject_clashing_names(spec: &Spec, methods: &BTreeSet<String>, diagnostics: &mut Diagnostics) {
    let enums = spec.enums.iter().filter(|declared| !declared.from_library);
    let enums = enums.map(|declared| (declared.name.clone(), &declared.source));
    let own = spec.callbacks.iter().filter(|callback| !callback.from_library);
    let callbacks = own.clone().map(|callback| (callback.type_name.clone(), &callback.source));
    let objects = spec.objects.iter().filter(|object| !object.from_library);
    let objects = objects.map(|object| (object.name.clone(), &object.source));
    let actions = spec.actions.iter();
    let actions = actions.flat_map(|action| action.type_names().into_iter().map(|name| (name, &action.source)));
    let types: Vec<(String, &Position)> = enums.chain(objects).chain(callbacks).chain(actions).collect();
    for (name, source) in &types {
        if RESERVED.contains(&name.as_str()) || spec.extends && name == EXTENSION {
            let message = format!("the Rust type `{name}` would hide the one of the library");
            diagnostics.report(Mistake::TakenName, source, message, "give it another name");
        }
    }
    let mut pairs = Pairs::new();
    reject_equal_names("Rust type", types, &mut pairs, diagnostics);
    let actions = spec.actions.iter().map(|Action { name, source, .. }| (name.clone(), source));
    let callbacks = own.map(|Callback { method, source, .. }| (method.clone(), source));
    let of_client: Vec<(String, &Position)> = actions.chain(callbacks).collect();
    for (name, source) in of_client.iter().filter(|(name, _)| methods.contains(name)) {
        let message = format!("the client has a method `{name}` already, which would win");
        diagnostics.report(Mistake::TakenName, source, message, "give it another name");
    }
    reject_equal_names("method", of_client, &mut pairs, diagnostics);
}

/// Pairs of declarations that have been reported: one message is enough, however many names they share.
type Pairs<'a> = BTreeSet<(&'a Position, &'a Position)>;

fn reject_equal_names<'a>(
    what: &str,
    names: Vec<(String, &'a Position)>,
    pairs: &mut Pairs<'a>,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: BTreeMap<String, &Position> = BTreeMap::new();
    for (name, source) in names {
        if let Some(earlier) = seen.insert(name.clone(), source)
            && pairs.insert((earlier.min(source), earlier.max(source)))
        {
            let message = format!("two things would give the {what} `{name}`");
            let related = (earlier, "the first");
            diagnostics.report_beside(Mistake::NameClash, source, message, related, "rename one of the two");
        }
    }
}
