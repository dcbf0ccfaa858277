//! An action by its method or by its constant on the wire.

use std::collections::BTreeMap;

use ottpay::GATEWAY;
use ottpay::info::{ActionInfo, FieldInfo};

use crate::failure::Failure;
use crate::suggestion::did_you_mean;

/// Every action that a name means: the method of that name, or else all with that constant. At least one.
pub(crate) fn named(name: &str) -> Result<Vec<&'static ActionInfo>, Failure> {
    let all = match GATEWAY.method(name) {
        Some(info) => vec![info],
        None => GATEWAY.actions(name).collect(),
    };
    if all.is_empty() {
        let help = format!("{}`ottpay actions` lists all of them", meant(name));
        return Err(Failure::usage(format!("there is no action `{name}`")).help(help));
    }
    Ok(all)
}

/// The one of some actions with this name that the fields are for. Several have one constant, as those of each card
/// channel: then it is the only one that takes all the fields and needs no more, or the one whose method has the name of
/// the constant.
pub(crate) fn fitting(
    name: &str,
    all: &[&'static ActionInfo],
    given: &BTreeMap<String, String>,
) -> Result<&'static ActionInfo, Failure> {
    if let [only] = all {
        return Ok(only);
    }
    let fit: Vec<_> = all.iter().copied().filter(|info| takes(info, given)).collect();
    let candidates = if fit.is_empty() { all } else { &fit };
    let of_the_name = candidates.iter().find(|info| info.name.eq_ignore_ascii_case(name));
    match (fit.as_slice(), of_the_name) {
        ([info], _) | (_, Some(info)) => Ok(info),
        _ => {
            let fields =
                if fit.is_empty() { "none of them takes just the given fields" } else { "the fields fit several" };
            Err(Failure::usage(format!("the constant `{name}` belongs to several actions, and {fields}"))
                .help(format!("name one of them by its method: {}", methods(candidates))))
        }
    }
}

/// The methods of some actions, for messages.
pub(crate) fn methods(actions: &[&ActionInfo]) -> String {
    let methods: Vec<_> = actions.iter().map(|info| format!("`{}`", info.name)).collect();
    methods.join(", ")
}

/// Whether an action has every field that is given, in a word that it takes, and needs no other.
fn takes(info: &ActionInfo, given: &BTreeMap<String, String>) -> bool {
    let text = |field: &FieldInfo| given.get(field.name).or_else(|| given.get(&label(field)));
    let is_right = |field: &FieldInfo, text: &str| match field.constant {
        Some(constant) => constant == text || text.is_empty(),
        None => field.only.is_empty() || field.only.contains(&text),
    };
    given.keys().all(|name| has_field(info, name))
        && info.request.iter().all(|field| match text(field) {
            Some(text) => is_right(field, text),
            None => field.may_be_absent() || field.is_written(),
        })
}

/// Whether an action has a field of this name; one beside `data` may be called `outer NAME`.
pub(crate) fn has_field(info: &ActionInfo, name: &str) -> bool {
    let plain = name.strip_prefix("outer ");
    info.request.iter().any(|field| field.name == name || (field.outer && Some(field.name) == plain))
}

/// `did you mean NAME? `, or nothing.
pub(crate) fn meant(name: &str) -> String {
    did_you_mean(name, GATEWAY.actions.iter().flat_map(|info| [info.name, info.action]))
}

/// How a field is called on the command line.
pub(crate) fn label(field: &FieldInfo) -> String {
    if field.outer { format!("outer {}", field.name) } else { field.name.to_owned() }
}
