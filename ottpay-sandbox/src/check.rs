//! Which action a request is, and whether its fields are right: all of it from the compiled specification.

use ottpay::envelope::{Message, Opened, Value};
use ottpay::info::{ActionInfo, FieldInfo, Gateway};

/// The action a request is for. Where several share a constant, the one whose fixed values all stand in the request,
/// and of those the one with the most.
pub(crate) fn action(gateway: &Gateway, constant: &str, fields: &Opened) -> Option<&'static ActionInfo> {
    let fixed = |info: &ActionInfo| info.request.iter().filter(|field| field.constant.is_some()).count();
    let fits = |info: &&ActionInfo| {
        info.request
            .iter()
            .all(|field| field.constant.is_none() || fields.text(field.name).as_deref() == field.constant)
    };
    let named = || gateway.actions.iter().copied().filter(|info| info.action == constant);
    named().filter(fits).max_by_key(|info| fixed(info)).or_else(|| named().next())
}

/// The version is fixed for each action.
pub(crate) fn version(info: &ActionInfo, version: &str) -> Result<(), String> {
    if version == info.version { Ok(()) } else { Err(format!("version: expected {}", info.version)) }
}

/// The first rule that a request breaks, in words. Fields the specification does not know are let through, as the
/// gateway lets them through.
pub(crate) fn fields(info: &ActionInfo, message: &Message, fields: &Opened) -> Result<(), String> {
    for field in info.request {
        let text = match field.outer {
            true => message.text(field.name).map(str::to_owned),
            false => match fields.get(field.name) {
                // A number is tolerated, as clients in the field send them; nothing else but text is.
                Some(Value::Text(text) | Value::Number(text)) => Some(text.clone()),
                None | Some(Value::Null) => None,
                Some(_) => return Err(format!("{}: expected text", field.name)),
            },
        };
        one(field, text.as_deref())?;
    }
    Ok(())
}

fn one(field: &FieldInfo, text: Option<&str>) -> Result<(), String> {
    let name = field.name;
    match (text, field.constant) {
        (None | Some(""), _) if field.may_be_absent() => Ok(()),
        (Some(text), Some(constant)) if text != constant && !text.is_empty() => {
            Err(format!("{name}: expected {constant}"))
        }
        _ => field.check(text.unwrap_or_default()).map_err(|problem| format!("{name}: {problem}")),
    }
}
