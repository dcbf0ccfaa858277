//! Finds an action by its method or by its constant on the wire.

use std::collections::BTreeMap;

use ottpay::spec::{ActionInfo, FieldInfo};
use ottpay::{GATEWAY, Problem};

use crate::failure::Failure;
use crate::suggestion::did_you_mean;

/// Finds the action with this method, or else every action with this constant: at least one.
pub(crate) fn find_actions(name: &str) -> Result<Vec<&'static ActionInfo>, Failure> {
    let all = match GATEWAY.find_method(name) {
        Some(info) => vec![info],
        None => GATEWAY.find_actions(name).collect(),
    };
    if all.is_empty() {
        let help = format!("{}`ottpay actions` lists all of them", suggest_action(name));
        return Err(Failure::usage(format!("unknown action `{name}`")).help(help));
    }
    Ok(all)
}

/// Chooses among actions with the same constant, such as those of the card channels: the only one that accepts all
/// given fields and requires no others, or else the one whose method is named like the constant.
pub(crate) fn choose_action(
    name: &str,
    all: &[&'static ActionInfo],
    given: &BTreeMap<String, String>,
) -> Result<&'static ActionInfo, Failure> {
    if let [only] = all {
        return Ok(only);
    }
    let fit: Vec<_> = all.iter().copied().filter(|info| accepts_fields(info, given)).collect();
    let candidates = if fit.is_empty() { all } else { &fit };
    let of_the_name = candidates.iter().find(|info| info.name.eq_ignore_ascii_case(name));
    match (fit.as_slice(), of_the_name) {
        ([info], _) | (_, Some(info)) => Ok(info),
        _ => {
            let fields = if fit.is_empty() {
                "none of them accepts exactly the given fields"
            } else {
                "more than one accepts the given fields"
            };
            Err(Failure::usage(format!("the constant `{name}` belongs to several actions, and {fields}"))
                .help(format!("name the method instead: {}", list_methods(candidates))))
        }
    }
}

/// Lists the method names of actions for a message.
pub(crate) fn list_methods(actions: &[&ActionInfo]) -> String {
    let methods: Vec<_> = actions.iter().map(|info| format!("`{}`", info.name)).collect();
    methods.join(", ")
}

/// Whether an action has every given field, accepts its value, and requires no other field.
fn accepts_fields(info: &ActionInfo, given: &BTreeMap<String, String>) -> bool {
    let text = |field: &FieldInfo| given.get(field.name).or_else(|| given.get(&*field.label()));
    let is_right = |field: &FieldInfo, text: &str| match field.constant {
        Some(_) => field.is_constant_value(text) || text.is_empty(),
        None => field.accepts_word(text),
    };
    given.keys().all(|name| has_field(info, name))
        && info.request.iter().all(|field| match text(field) {
            Some(text) => is_right(field, text),
            None => field.may_be_absent() || field.is_written(),
        })
}

/// Whether an action has a field with this name. A field outside `data` may be called `outer NAME`.
pub(crate) fn has_field(info: &ActionInfo, name: &str) -> bool {
    let plain = name.strip_prefix("outer ");
    info.request.iter().any(|field| field.name == name || (field.outer && Some(field.name) == plain))
}

/// Returns `did you mean NAME? `, or an empty string.
pub(crate) fn suggest_action(name: &str) -> String {
    did_you_mean(name, GATEWAY.actions.iter().flat_map(|info| [info.name, info.action]))
}

/// Describes a value that exceeds an uncertain limit, for a warning.
pub(crate) fn describe_uncertain_problem(info: &ActionInfo, field: &FieldInfo, problem: &Problem) -> String {
    let field = field.label();
    format!("warning: {}: {field}: {problem}; accepted, because this limit is uncertain", info.action)
}
