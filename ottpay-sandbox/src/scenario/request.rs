//! Composes the request of a step: its action and its fields.

use std::collections::BTreeMap;

use ottpay::spec::{ActionInfo, Effect, FieldInfo, Gateway, Role};
use ottpay_vocabulary::find_nearest;

use super::error::Place;
use super::step::Located;
use crate::line::escape;

/// The endpoint of clients that never connect.
pub(super) const NOWHERE: &str = "http://127.0.0.1:9";

/// Fields by wire name.
pub(super) type Fields = BTreeMap<String, String>;

/// Finds the actions with this method or constant.
///
/// # Errors
/// The name is unknown; the message suggests another one.
pub(super) fn find_actions(gateway: &'static Gateway, name: &str) -> Result<Vec<&'static ActionInfo>, String> {
    let named: Vec<_> = gateway.actions.iter().copied().filter(|info| info.has_name(name)).collect();
    if !named.is_empty() {
        return Ok(named);
    }
    let known = gateway.actions.iter().flat_map(|info| [info.name, info.action]);
    let shown = escape(name);
    Err(match find_nearest(name, known) {
        Some(meant) => format!("unknown action `{shown}`; did you mean `{meant}`?"),
        None => format!("unknown action `{shown}`; `ottpay actions` lists all actions"),
    })
}

/// Finds the only action with this name that writes.
///
/// # Errors
/// No action with this name writes, or several do; the message states what to write instead.
pub(super) fn find_write(gateway: &'static Gateway, name: &str) -> Result<&'static ActionInfo, String> {
    let named = find_actions(gateway, name)?;
    let writes: Vec<_> = named.into_iter().filter(|info| info.effect == Effect::Write).collect();
    match &*writes {
        [] => Err(format!("`{name}` only reads; `create` needs an action that writes, such as a payment")),
        [info] => Ok(info),
        several => {
            let methods: Vec<_> = several.iter().map(|info| info.name).collect();
            Err(format!("there are several actions `{name}`; use one of {}", methods.join(", ")))
        }
    }
}

/// Composes the fields of a request: the given ones, the id, and the callback URL. Required fields that are missing
/// have the values of the specification's first example, except ids.
pub(super) fn compose_fields(
    info: &'static ActionInfo,
    id: &str,
    given: &[(Located<String>, Located<String>)],
    callbacks: Option<&str>,
) -> Fields {
    let mut fields: Fields = given.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect();
    if let Some(own) = info.own_id() {
        fields.entry(own.name.to_owned()).or_insert_with(|| id.to_owned());
    }
    if let (Some(field), Some(url)) = (info.request_field(Role::CallbackUrl), callbacks) {
        fields.entry(field.name.to_owned()).or_insert_with(|| url.to_owned());
    }
    let example = info.examples.iter().find(|example| !example.request.is_empty());
    for (name, value) in example.into_iter().flat_map(|example| example.request) {
        if is_taken_from_example(info, name, &fields) {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
    }
    fields
}

/// Returns whether a required field is missing, and also any field that replaces it or that it replaces.
fn is_taken_from_example(info: &ActionInfo, name: &str, given: &Fields) -> bool {
    let Some(field) = info.request.iter().find(|field| field.name == name && !field.outer) else { return false };
    let is_required = |name: &str| info.request.iter().any(|field| field.name == name && field.required);
    let replaces = |other: &str| info.request.iter().any(|field| field.name == other && field.instead_of == Some(name));
    let is_id = field.is_own_id() || field.role == Some(Role::OriginalOrder);
    let is_free = field.constant.is_none() && field.fill.is_none() && !is_id;
    let is_given = given.contains_key(name)
        || field.instead_of.is_some_and(|replaced| given.contains_key(replaced))
        || given.keys().any(|other| replaces(other));
    is_free && !is_given && (field.required || field.instead_of.is_some_and(is_required))
}

/// Finds a given field that the action does not have, and suggests another name.
pub(super) fn find_unknown_field(
    info: &ActionInfo,
    given: &[(Located<String>, Located<String>)],
) -> Option<(Place, String)> {
    let known: Vec<_> = info.request.iter().map(FieldInfo::label).collect();
    let (unknown, _) = given.iter().find(|(name, _)| known.iter().all(|label| *label != name.value))?;
    let shown = escape(&unknown.value);
    let meant = match find_nearest(&unknown.value, known.iter().map(AsRef::as_ref)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`ottpay actions {}` lists its fields", info.name),
    };
    Some((unknown.at, format!("{} does not have a field `{shown}`; {meant}", info.name)))
}
