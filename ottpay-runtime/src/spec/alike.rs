//! Compares two specifications of an action, ignoring the parts that are only for people.

use ottpay_vocabulary::Kind;

use super::action::{ActionInfo, QueryInfo};
use super::field::{FieldInfo, ObjectInfo};

/// Whether two actions are the same call, with the same fields in request, reply, browser return and callback, and with
/// the same queries.
pub(super) fn are_alike(first: &ActionInfo, second: &ActionInfo) -> bool {
    is_call_alike(first, second) && are_queries_alike(first.queries, second.queries)
}

/// Whether two writes have the same queries, filled in the same way and with the same evidence, which a confirmed
/// payment contains. A query has no queries itself. The reason for having none is only for people.
fn are_queries_alike(first: &[QueryInfo], second: &[QueryInfo]) -> bool {
    let is_alike = |(first, second): (&QueryInfo, &QueryInfo)| {
        let own = |query: &QueryInfo| (query.action.name, query.set, query.evidence);
        own(first) == own(second) && is_call_alike(first.action, second.action)
    };
    first.len() == second.len() && first.iter().zip(second).all(is_alike)
}

fn is_call_alike(first: &ActionInfo, second: &ActionInfo) -> bool {
    let call = |info: &ActionInfo| (info.action, info.protocol, info.version, info.path, info.effect, info.reserves);
    let callbacks = match (first.callback, second.callback) {
        (Some(first), Some(second)) => are_fields_alike(first.fields, second.fields),
        (first, second) => first.is_none() && second.is_none(),
    };
    call(first) == call(second)
        && first.base_url == second.base_url
        && are_fields_alike(first.request, second.request)
        && are_fields_alike(first.reply, second.reply)
        && are_fields_alike(first.returned, second.returned)
        && callbacks
}

fn are_fields_alike(first: &[FieldInfo], second: &[FieldInfo]) -> bool {
    first.len() == second.len() && first.iter().zip(second).all(|(first, second)| is_field_alike(first, second))
}

fn is_field_alike(first: &FieldInfo, second: &FieldInfo) -> bool {
    // The kinds are compared separately below. Evidence and documentation are only for people.
    let rest = |field: &FieldInfo| {
        let names = (field.name, field.aliases, field.instead_of, field.only);
        let presence = (field.required, field.may_omit, field.outer, field.sensitive);
        let value = (field.constant, field.fill, field.limits, field.lenient, field.encoding, field.role);
        (names, presence, value)
    };
    let kinds = match (first.kind, second.kind) {
        (Kind::Enum(first), Kind::Enum(second)) => {
            (first.compare, first.words, first.aliases) == (second.compare, second.words, second.aliases)
        }
        (Kind::Object(first), Kind::Object(second)) => is_object_alike(first, second),
        (Kind::Enum(_) | Kind::Object(_), _) | (_, Kind::Enum(_) | Kind::Object(_)) => false,
        (first, second) => first.built_in_name() == second.built_in_name(),
    };
    rest(first) == rest(second) && kinds
}

fn is_object_alike(first: &ObjectInfo, second: &ObjectInfo) -> bool {
    are_fields_alike(first.fields, second.fields)
}
