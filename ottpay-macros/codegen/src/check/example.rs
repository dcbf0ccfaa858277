//! Checks examples against the fields they claim to show.

use super::{Enum, Field, Fill, Kind, Limits};
use crate::names::suggestion;
use crate::read::RawValues;
use crate::{Diagnostics, Position};

/// The values of an example, constants and copies added, in the order of `fields`.
pub(super) fn check(
    raw: RawValues,
    fields: &[Field],
    enums: &[Enum],
    what: &str,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, String)> {
    let RawValues { at, values } = raw;
    for (name, _) in &values {
        if !fields.iter().any(|field| field.wire == name.value) {
            let help = suggestion(&name.value, fields.iter().map(|field| field.wire.as_str()));
            diagnostics.report_with_help(file, name.at, format!("the {what} has no field `{}`", name.value), help);
        }
    }
    let mut out = Vec::new();
    for field in fields.iter().filter(|field| !field.is_outer()) {
        let given = values.iter().find(|(name, _)| name.value == field.wire).map(|(_, text)| text);
        match (given, &field.constant) {
            (Some(text), Some(_)) => {
                let message = format!("`{}` is a constant", field.wire);
                diagnostics.report_with_help(file, text.at, message, "remove it: the client writes it");
            }
            (Some(text), None) if field.fill.is_some() => {
                let message = format!("`{}` is written by the client", field.wire);
                diagnostics.report_with_help(file, text.at, message, "remove it");
            }
            (None, Some(_)) if field.opt_in => {}
            (None, Some(constant)) => out.push((field.wire.clone(), constant.clone())),
            (Some(text), None) => {
                if let Some(problem) = value_problem(&text.value, field, enums) {
                    diagnostics.report(file, text.at, format!("`{}` of the example {problem}", field.wire));
                }
                out.push((field.wire.clone(), text.value.clone()));
            }
            (None, None) if field.fill.is_some() => {
                if let Some(Fill::CopyOf(from)) = &field.fill
                    && let Some((_, text)) = values.iter().find(|(name, _)| name.value == *from)
                {
                    out.push((field.wire.clone(), text.value.clone()));
                }
            }
            (None, None) if field.required && !field.may_omit => missing(field, what, at, file, diagnostics),
            (None, None) => {}
        }
    }
    out
}

fn missing(field: &Field, what: &str, at: Position, file: &str, diagnostics: &mut Diagnostics) {
    let message = format!("the example's {what} lacks the required field `{}`", field.wire);
    diagnostics.report_with_help(file, at, message, "add it, or make the field `optional: true`");
}

/// What the value breaks, as the end of a sentence.
pub(super) fn value_problem(value: &str, field: &Field, enums: &[Enum]) -> Option<String> {
    let length = value.chars().count();
    let charset = |allowed: fn(&char) -> bool| value.chars().all(|character| allowed(&character));
    let limits = if field.lenient { Limits::default() } else { field.limits };
    if limits.min_len.is_some_and(|min| length < min) || limits.max_len.is_some_and(|max| length > max) {
        return Some(format!("has {length} characters, which its limits do not allow"));
    }
    match limits.charset {
        Some("Digits") if !charset(char::is_ascii_digit) => return Some("must have digits only".to_owned()),
        Some("Alphanumeric") if !charset(char::is_ascii_alphanumeric) => {
            return Some("must have letters and digits only".to_owned());
        }
        _ => {}
    }
    match field.kind {
        Kind::Timestamp if length != 14 || !charset(char::is_ascii_digit) => {
            Some("must be a time of 14 digits, yyyyMMddHHmmss".to_owned())
        }
        Kind::Amount | Kind::Integer | Kind::RateE8 if value.is_empty() || !charset(char::is_ascii_digit) => {
            Some("must be a whole number of digits".to_owned())
        }
        Kind::Currency if length != 3 || !charset(char::is_ascii_uppercase) => {
            Some("must be a currency code such as CAD".to_owned())
        }
        Kind::Decimal if !is_decimal(value) => Some("must be a decimal number".to_owned()),
        Kind::Url if !(field.is_received() || value.starts_with("https://") || value.starts_with("http://")) => {
            Some("must be an http or https address".to_owned())
        }
        Kind::OrderId if value.trim().is_empty() => Some("must not be empty".to_owned()),
        Kind::Enum(index) => {
            let declared = enums.get(index)?;
            let compared = declared.compare.normalised(value);
            let known = declared.words.iter().any(|word| declared.compare.normalised(&word.word) == compared);
            let taken = field.only.is_empty() || field.only.iter().any(|word| word == value);
            (!known || !taken).then(|| format!("must be a word of `{}` that is taken here", declared.name))
        }
        _ => None,
    }
}

fn is_decimal(value: &str) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
