//! How fields that are named at run time are accepted.

use super::draft::Draft;
use super::invalid::InvalidRequest;
use super::values::Values;
use crate::client::Client;
use crate::field::{Problem, Url};
use crate::spec::{ActionInfo, Effect, FieldInfo, Fill, Kind, Protocol};

/// Builds the fields of an action with this effect, which a client must be able to send, by the rules of
/// [`draft_fields`].
///
/// # Errors
/// `protocol` if a client does not send the action, `effect` if it has the other effect, and the errors of
/// [`draft_fields`].
pub(super) fn build<'a>(
    client: &Client,
    info: &'static ActionInfo,
    effect: Effect,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Values, InvalidRequest> {
    check_sendable(info, effect)?;
    draft_fields(client, info, fields)?.build()
}

/// Checks that a client sends the action, and that it has this effect.
///
/// # Errors
/// `protocol` if a client does not send the action, `effect` if it has the other effect.
pub(super) fn check_sendable(info: &'static ActionInfo, effect: Effect) -> Result<(), InvalidRequest> {
    let rejected = |what, problem| Err(InvalidRequest::for_action(info, what, problem));
    match (info.protocol, info.effect) {
        (Protocol::Link | Protocol::Sdk, _) => rejected("protocol", Problem::NotSendable),
        (_, Effect::Write) if effect == Effect::Read => rejected("effect", Problem::MayMoveMoney),
        (_, Effect::Read) if effect == Effect::Write => rejected("effect", Problem::OnlyReads),
        _ => Ok(()),
    }
}

/// Creates a draft from the fields of an action, by their names on the wire and by the rules of
/// [`AnyRequest::new`](super::AnyRequest::new).
///
/// # Errors
/// The first field that is missing or breaks a rule.
pub(crate) fn draft_fields<'a>(
    client: &Client,
    info: &'static ActionInfo,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Draft, InvalidRequest> {
    let mut draft = Draft::new(client, info);
    let fields: Vec<(&str, &str)> = fields.into_iter().collect();
    for (place, &(name, text)) in fields.iter().enumerate() {
        let named = |field: &FieldInfo| match name.strip_prefix("outer ") {
            Some(name) => field.outer && field.name == name,
            None => field.name == name,
        };
        let found = info.request.iter().enumerate().find(|(_, field)| named(field));
        // Identified by its position: if the caller swapped name and value, the error must not contain the value.
        let unknown = || InvalidRequest::for_action(info, format!("field {}", place + 1), Problem::NoSuchField);
        let (index, field) = found.ok_or_else(unknown)?;
        if fields.iter().take(place).any(|(earlier, _)| *earlier == name) {
            return Err(InvalidRequest::new(info, field, Problem::Twice));
        }
        if let Some(other) = field.instead_of.filter(|other| fields.iter().any(|(given, _)| given == other)) {
            return Err(InvalidRequest::new(info, field, Problem::Both { other }));
        }
        let own = draft.values.get(field.name);
        draft = match (field.constant, field.fill) {
            _ if text.is_empty() && field.is_written() && field.may_omit => draft.omit(index),
            // A value that the client would write itself is harmless.
            (None, Some(Fill::MerchantId | Fill::Endpoint)) if own == Some(text) => draft,
            (Some(_), _) if field.is_constant_value(text) => draft.write(index),
            (Some(constant), _) => {
                return Err(InvalidRequest::new(info, field, Problem::Constant { value: constant }));
            }
            (None, Some(Fill::CopyOf(from))) if fields.contains(&(from, text)) => draft.write(index),
            (None, Some(_)) => return Err(InvalidRequest::new(info, field, Problem::Written)),
            // URLs are checked as carefully as in a typed request.
            (None, None) if matches!(field.kind, Kind::Url) => draft.set::<Url, _>(index, text),
            _ => draft.set::<String, _>(index, text),
        };
    }
    // A typed builder requires these fields at compile time; here that is checked at run time.
    let absent = |(field, text): (&'static FieldInfo, Option<&str>)| {
        let missing = text.is_none() && !field.may_be_absent() && field.fill.is_none();
        missing.then(|| InvalidRequest::new(info, field, Problem::Missing))
    };
    let missing = info.request.iter().zip(draft.values.texts()).find_map(absent);
    match missing {
        // A value that was rejected is also missing, but its own error is more helpful.
        Some(missing) if draft.problem.is_none() => Err(missing),
        _ => Ok(draft),
    }
}
