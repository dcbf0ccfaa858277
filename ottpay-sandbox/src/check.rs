//! Which action a request is, and whether its fields are right: all of it from the compiled specification.

use ottpay::envelope::{Fields, Message, Value};
use ottpay::info::{ActionInfo, FieldInfo, Fill, Gateway, Kind, Protocol};
use ottpay::{Amount, FromField as _};

/// The action with this constant that a sealed request is for.
pub(crate) fn action(gateway: &Gateway, constant: &str, fields: &Fields) -> Option<&'static ActionInfo> {
    closest(gateway.actions(constant).filter(|info| info.protocol == Protocol::Envelope).collect(), fields)
}

/// The plain call that goes to this path.
pub(crate) fn plain(gateway: &Gateway, path: &str, fields: &Fields) -> Option<&'static ActionInfo> {
    closest(plain_calls(gateway, path).collect(), fields)
}

/// Every plain call that goes to this path.
pub(crate) fn plain_calls(gateway: &Gateway, path: &str) -> impl Iterator<Item = &'static ActionInfo> {
    let plain = move |info: &&ActionInfo| matches!(info.protocol, Protocol::Json | Protocol::Sdk) && info.path == path;
    gateway.actions.iter().copied().filter(plain)
}

/// The link with this path.
pub(crate) fn link(gateway: &Gateway, path: &str) -> Option<&'static ActionInfo> {
    gateway.actions.iter().copied().find(|info| info.protocol == Protocol::Link && info.path == path)
}

/// Of several actions the one whose fixed values all stand in the request, and of those the one with the most.
fn closest(actions: Vec<&'static ActionInfo>, fields: &Fields) -> Option<&'static ActionInfo> {
    let fixed = |field: &&FieldInfo| field.is_written() && field.constant.is_some();
    let fits = |info: &&'static ActionInfo| {
        info.request.iter().all(|field| match (fields.text(field.name), field.constant) {
            (Some(text), Some(constant)) => is_fixed(&text, constant),
            (None, Some(_)) => !field.is_written() || field.may_omit || stand_in(info, field, fields).is_some(),
            (Some(text), None) => field.only.is_empty() || field.only.contains(&&*text),
            (None, None) => true,
        })
    };
    let count = |info: &&'static ActionInfo| info.request.iter().filter(fixed).count();
    let right = |info: &&'static ActionInfo| {
        let is_right = |field: &&FieldInfo| {
            field.constant.zip(fields.text(field.name)).is_some_and(|(fixed, text)| is_fixed(&text, fixed))
        };
        info.request.iter().filter(is_right).count()
    };
    // If none fits, the one that fits best says what is missing; of several the first.
    actions.iter().copied().filter(fits).max_by_key(count).or_else(|| actions.into_iter().rev().max_by_key(right))
}

/// What to say of a constant that no action has.
pub(crate) fn no_such_action(gateway: &Gateway, constant: &str) -> String {
    let sealed = gateway.actions.iter().filter(|info| info.protocol == Protocol::Envelope);
    let meant = nearest(constant, sealed.map(|info| info.action));
    let meant = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    let shown: String = constant.chars().take(40).flat_map(char::escape_debug).collect();
    format!("action: no such action {shown}{meant}")
}

/// The closest of some names, if one is close. Case and the signs between words do not count.
fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = plain_name(given);
    let scored = names.into_iter().map(|name| (strsim::damerau_levenshtein(&given, &plain_name(name)), name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= given.len() / 4).then_some(name)
}

/// A name without what people slip in: its case, and the signs between words.
pub(crate) fn plain_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(100).map(|sign| sign.to_ascii_lowercase()).collect()
}

/// The field that was sent in place of this one.
pub(crate) fn stand_in(info: &'static ActionInfo, field: &FieldInfo, fields: &Fields) -> Option<&'static FieldInfo> {
    info.request.iter().find(|other| other.instead_of == Some(field.name) && fields.get(other.name).is_some())
}

/// The version is fixed for each action, but the vendor's pages and its merchants disagree about some: any that the
/// specification knows is taken.
pub(crate) fn version(gateway: &Gateway, info: &ActionInfo, version: &str) -> Result<(), String> {
    let is_known = gateway.actions.iter().any(|known| known.version == version);
    if is_known { Ok(()) } else { Err(format!("version: expected {}", info.version)) }
}

/// Whether a fixed value was sent. The vendor's tables print some with a blank in front.
fn is_fixed(text: &str, fixed: &str) -> bool {
    text.trim() == fixed
}

/// The first rule that a request breaks, in words. Fields the specification does not know are let through, as the
/// gateway lets them through.
pub(crate) fn fields(info: &'static ActionInfo, message: &Message, fields: &Fields) -> Result<(), String> {
    for field in info.request {
        if let Some(other) = stand_in(info, field, fields) {
            if fields.get(field.name).is_some() && fields.text(field.name) != fields.text(other.name) {
                return Err(format!(
                    "{}: sent instead of {}, which is there as well and differs",
                    other.name, field.name
                ));
            }
            continue;
        }
        if let Some(Fill::CopyOf(from)) = field.fill
            && let (Some(copy), Some(original)) = (fields.text(field.name), fields.text(from))
            && copy != original
        {
            return Err(format!("{}: expected the same as in {from}", field.name));
        }
        let text = match field.outer {
            true => message.text(field.name).map(str::to_owned),
            false => match fields.get(field.name) {
                // A number is tolerated, as clients in the field send them; nothing else but text is.
                Some(Value::Number(text)) if matches!(field.kind, Kind::Amount) => {
                    // 100.0 is whole.
                    Some(Amount::from_field(text).map_or_else(|_| text.clone(), |amount| amount.minor().to_string()))
                }
                Some(Value::Text(text) | Value::Number(text)) => Some(text.clone()),
                None | Some(Value::Null) => None,
                Some(_) => return Err(format!("{}: expected text", field.name)),
            },
        };
        one(field, text.as_deref()).map_err(|problem| match text {
            Some(_) => problem,
            None => misspelt(info, field, fields).map_or(problem.clone(), |sent| format!("{problem}; you sent {sent}")),
        })?;
    }
    Ok(())
}

/// A field that the specification does not know, and that is called almost like this one.
fn misspelt<'a>(info: &ActionInfo, field: &FieldInfo, fields: &'a Fields) -> Option<&'a str> {
    let is_known = |name: &str| info.request.iter().any(|known| known.name == name);
    let unknown = fields.iter().map(|(name, _)| name).filter(|name| !is_known(name) && name.len() <= 100);
    nearest(field.name, unknown)
}

fn one(field: &FieldInfo, text: Option<&str>) -> Result<(), String> {
    let name = field.name;
    match (text, field.constant) {
        (None | Some(""), _) if field.may_be_absent() => Ok(()),
        // What a client of another make leaves out, because its page does not require it.
        (None | Some(""), None) if field.fill.is_some() => Ok(()),
        (Some(text), Some(constant)) if is_fixed(text, constant) => Ok(()),
        (Some(text), Some(constant)) if !text.is_empty() => Err(format!("{name}: expected {constant}")),
        _ => field.check(text.unwrap_or_default(), false).map_err(|problem| format!("{name}: {problem}")),
    }
}
