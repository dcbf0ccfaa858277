//! Validates the fields of a request against the compiled specification.

use ottpay::envelope::{Fields, Message, Value};
use ottpay::spec::{ActionInfo, FieldInfo, Fill, Kind};
use ottpay::{Amount, FromField as _};
use ottpay_vocabulary::{find_nearest, number};

use super::notes::Notes;
use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use crate::leniency::Leniency;
use crate::line::quote;

/// The maximum length of an invalid value in a message, in characters.
const MAX_SHOWN: usize = 60;

impl Engine {
    /// Refuses a request with invalid fields or another merchant. A strict sandbox also refuses requests with
    /// leniencies.
    pub(super) fn validate(
        &self,
        request: Request<'_>,
        message: &Message<'_>,
        notes: &mut Notes,
    ) -> Result<(), Refusal> {
        validate_fields(request, message, notes).map_err(Refusal::malformed)?;
        self.check_merchant(request, message, notes)?;
        if self.settings.is_strict && !notes.is_empty() {
            let texts: Vec<_> = notes.write().into_iter().map(|note| note.text).collect();
            return Err(Refusal::malformed(format!("refused by a strict sandbox: {}", texts.join("; "))));
        }
        Ok(())
    }

    /// Refuses an unknown version. Each action has one, but the vendor's pages and its merchants disagree about some of
    /// them, so any version in the specification is accepted.
    pub(super) fn validate_version(&self, info: &ActionInfo, version: &str, notes: &mut Notes) -> Result<(), Refusal> {
        if !self.settings.gateway.actions.iter().any(|known| known.version == version) {
            let found = quote(version, MAX_SHOWN);
            return Err(Refusal::malformed(format!("version: expected {}, found {found}", info.version)));
        }
        if info.version != version {
            notes.add(Leniency::OtherVersion);
        }
        Ok(())
    }
}

/// Reports the first rule that a request breaks. Unknown fields are accepted and noted.
fn validate_fields(request: Request<'_>, message: &Message<'_>, notes: &mut Notes) -> Result<(), String> {
    let Request { info, fields } = request;
    for (name, _) in fields.iter() {
        if !info.request.iter().any(|field| !field.outer && field.name == name) {
            notes.add_at(Leniency::UnknownField, name);
        }
    }
    info.request.iter().try_for_each(|field| validate_field(request, field, message, notes))
}

fn validate_field(
    request: Request<'_>,
    field: &'static FieldInfo,
    message: &Message<'_>,
    notes: &mut Notes,
) -> Result<(), String> {
    let Request { info, fields } = request;
    if let Some(other) = request.find_substitute(field) {
        if fields.get(field.name).is_some() {
            if fields.text(field.name) != fields.text(other.name) {
                let (other, name) = (other.name, field.name);
                return Err(format!(
                    "{other}: sent together with {name}, which it replaces, and the two values differ"
                ));
            }
            notes.add_at(Leniency::BothFields, field.name);
        }
        return Ok(());
    }
    if let Some(Fill::CopyOf(from)) = field.fill
        && let (Some(copy), Some(original)) = (fields.text(field.name), fields.text(from))
        && copy != original
    {
        return Err(format!("{}: expected the same value as in {from}", field.name));
    }
    let text = match field.outer {
        true => message.text(field.name).map(str::to_owned),
        false => read_value(request, field, notes)?,
    };
    if let Some(text) = text.as_deref() {
        note_value(field, text, notes);
    }
    validate_value(field, text.as_deref()).map_err(|problem| match text.as_deref() {
        // Refusals are logged, and must not contain sensitive values.
        Some(text) if field.sensitive || text.is_empty() => problem,
        Some(text) => {
            let id = request.read_shown_id().filter(|id| id != text);
            let order = id.map(|id| format!(" (order {})", id.escape_debug())).unwrap_or_default();
            format!("{problem}, found {}{order}", quote(text, MAX_SHOWN))
        }
        None => match find_misspelt(info, field, fields) {
            Some(sent) => format!("{problem}; you sent {sent}"),
            None => problem,
        },
    })
}

/// Reads a field inside the envelope. Strings are accepted, and numbers because existing clients send them, but no
/// other type.
fn read_value(request: Request<'_>, field: &FieldInfo, notes: &mut Notes) -> Result<Option<String>, String> {
    let sent = request.find_sent(field);
    if sent.name != field.name {
        notes.add_at(Leniency::OtherName, sent.name);
    }
    match request.fields.get(sent.name) {
        None => Ok(None),
        Some(Value::Null) => {
            notes.add_at(Leniency::Null, sent.name);
            Ok(None)
        }
        Some(Value::Text(text)) => Ok(Some(text.to_owned())),
        Some(Value::Number(text)) => {
            notes.add_at(Leniency::Number, sent.name);
            if !matches!(field.kind, Kind::Amount) || number::is_digits(text) {
                return Ok(Some(text.to_owned()));
            }
            // 100.0 is a whole number.
            let Ok(amount) = Amount::from_field(text) else { return Ok(Some(text.to_owned())) };
            notes.add_at(Leniency::NumberNotation, sent.name);
            Ok(Some(amount.minor().to_string()))
        }
        Some(other) => {
            let found = if matches!(other, Value::Bool(_)) { "a boolean" } else { "a list or an object" };
            Err(format!("{}: expected a string, found {found}", sent.name))
        }
    }
}

/// Notes leniencies of an accepted value.
fn note_value(field: &FieldInfo, text: &str, notes: &mut Notes) {
    let name = field.name;
    if text.is_empty() {
        notes.add_at(Leniency::EmptyField, name);
    }
    if let Some(problem) = field.find_uncertain_problem(text) {
        notes.add_detail(Leniency::UncertainLimit, || format!("{name} ({problem})"));
    }
    let is_whole = matches!(field.kind, Kind::Amount | Kind::Integer | Kind::RateE8);
    if is_whole && text.len() > 1 && text.starts_with('0') {
        notes.add_at(Leniency::LeadingZeros, name);
    }
    match (field.constant, field.kind) {
        (Some(constant), _) if text != constant && field.is_constant_value(text) => {
            notes.add_at(Leniency::PaddedConstant, name);
        }
        (None, Kind::Enum(info)) if !text.is_empty() => {
            let words = info.words.iter().map(|(word, _)| *word).chain(info.aliases.iter().map(|(alias, _)| *alias));
            if !words.into_iter().any(|word| word == text) {
                notes.add_at(Leniency::UnlistedWord, name);
            }
        }
        _ => {}
    }
}

/// Finds an unknown field whose name is similar to this field's.
fn find_misspelt<'a>(info: &ActionInfo, field: &FieldInfo, fields: &'a Fields) -> Option<&'a str> {
    let is_known = |name: &str| info.request.iter().any(|known| known.name == name);
    let unknown = fields.iter().map(|(name, _)| name).filter(|name| !is_known(name));
    find_nearest(field.name, unknown)
}

fn validate_value(field: &FieldInfo, text: Option<&str>) -> Result<(), String> {
    let name = field.name;
    match (text, field.constant) {
        (None | Some(""), _) if field.may_be_absent() => Ok(()),
        // Some clients omit the field, because its page does not require it.
        (None | Some(""), None) if field.fill.is_some() => Ok(()),
        (Some(text), _) if field.is_constant_value(text) => Ok(()),
        (Some(text), Some(constant)) if !text.is_empty() => Err(format!("{name}: expected {constant}")),
        _ => field.check_value(text.unwrap_or_default(), false).map_err(|problem| format!("{name}: {problem}")),
    }
}

#[cfg(test)]
mod tests {
    use ottpay::spec::EnumInfo;
    use ottpay_vocabulary::Compare;

    use super::*;

    #[test]
    fn a_word_that_is_not_listed_is_noted() {
        static WORDS: EnumInfo =
            EnumInfo { name: "W", compare: Compare::Exact, words: &[], aliases: &[("alipay", "ALIPAY")] };
        let field = FieldInfo { name: "biz_type", kind: Kind::Enum(&WORDS), ..FieldInfo::PLAIN };
        for (word, expected) in [("alipay", 0), ("ALIPAY", 1), ("", 0)] {
            let mut notes = Notes::default();
            note_value(&field, word, &mut notes);
            let names = notes.write();
            assert_eq!(names.iter().filter(|note| note.name == "unlisted_word").count(), expected, "{word}");
        }
    }
}
