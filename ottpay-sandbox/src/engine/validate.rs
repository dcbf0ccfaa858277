//! Validates the fields of a request against the compiled specification.

use ottpay::envelope::{Fields, Message, Value};
use ottpay::spec::{ActionInfo, FieldInfo, Fill, Kind};
use ottpay::{Amount, FromField as _};
use ottpay_vocabulary::nearest;

use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;

impl Engine {
    /// Refuses a request whose fields break a rule, or that is about another merchant.
    pub(super) fn validate(&self, request: Request<'_>, message: &Message<'_>) -> Result<(), Refusal> {
        validate_fields(request, message).map_err(Refusal::malformed)?;
        self.check_merchant(request.info, request.fields)
    }

    /// Refuses an unknown version. An action has one, but the vendor's pages and its merchants disagree about some of
    /// them, so any version that the specification knows is accepted.
    pub(super) fn validate_version(&self, info: &ActionInfo, version: &str) -> Result<(), Refusal> {
        let is_known = self.settings.gateway.actions.iter().any(|known| known.version == version);
        if is_known { Ok(()) } else { Err(Refusal::malformed(format!("version: expected {}", info.version))) }
    }
}

/// The first rule that a request breaks, in words. Fields that the specification does not know are accepted, as the
/// gateway accepts them.
fn validate_fields(request: Request<'_>, message: &Message<'_>) -> Result<(), String> {
    let Request { info, fields } = request;
    for field in info.request {
        if let Some(other) = request.find_substitute(field) {
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
            false => match fields.get(request.find_sent(field).name) {
                // A number is accepted, as existing clients send it; no other type but a string is.
                Some(Value::Number(text)) if matches!(field.kind, Kind::Amount) => {
                    // 100.0 is whole.
                    Some(Amount::from_field(text).map_or_else(|_| text.to_owned(), |amount| amount.minor().to_string()))
                }
                Some(Value::Text(text) | Value::Number(text)) => Some(text.to_owned()),
                None | Some(Value::Null) => None,
                Some(_) => return Err(format!("{}: expected text", field.name)),
            },
        };
        if let Some(problem) = text.as_deref().and_then(|text| field.find_uncertain_problem(text)) {
            let (action, field) = (info.action, field.name);
            tracing::warn!(action, "{field}: {problem}; accepted, because this limit is not certain");
        }
        validate_value(field, text.as_deref()).map_err(|problem| match text {
            Some(_) => problem,
            None => match find_misspelt(info, field, fields) {
                Some(sent) => format!("{problem}; you sent {sent}"),
                None => problem,
            },
        })?;
    }
    Ok(())
}

/// An unknown field whose name is almost that of this field.
fn find_misspelt<'a>(info: &ActionInfo, field: &FieldInfo, fields: &'a Fields) -> Option<&'a str> {
    let is_known = |name: &str| info.request.iter().any(|known| known.name == name);
    let unknown = fields.iter().map(|(name, _)| name).filter(|name| !is_known(name) && name.len() <= 100);
    nearest(field.name, unknown)
}

fn validate_value(field: &FieldInfo, text: Option<&str>) -> Result<(), String> {
    let name = field.name;
    match (text, field.constant) {
        (None | Some(""), _) if field.may_be_absent() => Ok(()),
        // Other clients omit it, because its page does not require it.
        (None | Some(""), None) if field.fill.is_some() => Ok(()),
        (Some(text), _) if field.is_constant_value(text) => Ok(()),
        (Some(text), Some(constant)) if !text.is_empty() => Err(format!("{name}: expected {constant}")),
        _ => field.check_value(text.unwrap_or_default(), false).map_err(|problem| format!("{name}: {problem}")),
    }
}
