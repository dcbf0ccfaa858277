//! Checks examples against the fields they claim to show.

use std::collections::BTreeSet;

use super::model::{Enum, Field, Fill, Kind, Limits};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{nearest, suggestion};
use crate::read::RawValues;

/// The values of an example, constants and copies added, in the order of `fields`.
pub(super) fn check_example(
    raw: RawValues,
    fields: &[Field],
    enums: &[Enum],
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, String)> {
    let RawValues { at, values, is_misread } = raw;
    let mut meant = BTreeSet::new();
    for (name, _) in &values {
        if fields.iter().all(|field| field.wire != name.value || field.is_outer()) {
            let inner = fields.iter().filter(|field| !field.is_outer()).map(|field| field.wire.as_str());
            let is_outer = fields.iter().any(|field| field.wire == name.value);
            let help = match is_outer {
                true => "remove it: examples have the fields inside `data` only".to_owned(),
                false => suggestion(&name.value, inner),
            };
            let message = format!("the {what} of the example has `{}`, which is no field of it", name.value);
            diagnostics.report(Mistake::UnknownField, &name.at, message, help);
            // A misspelt field is not missing as well.
            meant.extend(nearest(&name.value, fields.iter().map(|field| field.wire.as_str())));
        }
    }
    let mut out = Vec::new();
    for field in fields.iter().filter(|field| !field.is_outer()) {
        let given = values.iter().find(|(name, _)| name.value == field.wire).map(|(_, text)| text);
        // What is not text has been reported.
        if let Some(None) = given {
            continue;
        }
        match (given.and_then(Option::as_ref), &field.constant) {
            (Some(text), Some(_)) => {
                let message = format!("the example gives `{}`, which is a constant", field.wire);
                diagnostics.report(Mistake::ExampleOfConstant, &text.at, message, "remove it: the client writes it");
            }
            (Some(text), None) if field.fill.is_some() => {
                let message = format!("the example gives `{}`, which the client writes by itself", field.wire);
                diagnostics.report(Mistake::ExampleOfConstant, &text.at, message, "remove it");
            }
            (None, Some(_)) if field.opt_in => {}
            (None, Some(constant)) => out.push((field.wire.clone(), constant.clone())),
            (Some(text), None) => {
                let judged = Some(field).filter(|field| !field.is_broken);
                if let Some(problem) = judged.and_then(|field| value_problem(&text.value, field, enums)) {
                    let message = format!("`{}` of the example {problem}", field.wire);
                    let related = (&field.source, "the field's rules");
                    let help = "write a value that the gateway would take, or mend the rules of the field";
                    diagnostics.report_beside(Mistake::ExampleBreaksRule, &text.at, message, related, help);
                }
                out.push((field.wire.clone(), text.value.clone()));
            }
            (None, None) if field.fill.is_some() => {
                if field.opt_in {
                    continue;
                }
                if let Some(Fill::CopyOf(from)) = &field.fill
                    && let Some((_, Some(text))) = values.iter().find(|(name, _)| name.value == *from)
                {
                    out.push((field.wire.clone(), text.value.clone()));
                }
            }
            (None, None) => {
                let is_needed = field.required && !field.may_omit && !field.is_broken;
                if is_needed && !is_misread && !meant.contains(field.wire.as_str()) {
                    report_missing(field, what, &at, diagnostics);
                }
            }
        }
    }
    out
}

fn report_missing(field: &Field, what: &str, at: &Position, diagnostics: &mut Diagnostics) {
    let message = format!("the example's {what} lacks the required field `{}`", field.wire);
    let related = (&field.source, "the field");
    let help = format!("add `{}: …` to the example, or make the field `optional: true`", field.wire);
    diagnostics.report_beside(Mistake::ExampleLacksField, at, message, related, help);
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
        _ if value.is_empty() && field.required => Some("must not be empty".to_owned()),
        Kind::OrderId if value.contains(char::is_whitespace) => Some("must not have white space".to_owned()),
        Kind::Timestamp if !is_time(value) => Some("must be a time of 14 digits, yyyyMMddHHmmss".to_owned()),
        Kind::Amount | Kind::Integer | Kind::RateE8
            if !charset(char::is_ascii_digit) || value.parse::<u64>().is_err() =>
        {
            Some("must be a whole number of digits".to_owned())
        }
        Kind::Currency if !field.only.is_empty() && !field.only.iter().any(|code| code == value) => {
            Some(format!("must be one of {}", field.only.join(", ")))
        }
        Kind::Currency if length != 3 || !charset(char::is_ascii_uppercase) => {
            Some("must be a currency code such as CAD".to_owned())
        }
        Kind::Decimal if !is_decimal(value) => Some("must be a decimal number".to_owned()),
        Kind::Url if !(field.is_received() || is_address(value)) => Some("must be an http or https address".to_owned()),
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

/// Whether the text can be an address; the client looks closer when it is sent.
fn is_address(value: &str) -> bool {
    let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let plain = |host: &str| !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    host.is_some_and(plain)
}

/// Whether the text is a time of 14 digits, every part of it in its range.
fn is_time(value: &str) -> bool {
    let part = |range: std::ops::Range<usize>| value.get(range).and_then(|digits| digits.parse::<u8>().ok());
    let within = |range, least, greatest| part(range).is_some_and(|number| (least..=greatest).contains(&number));
    let digits = value.len() == 14 && value.bytes().all(|byte| byte.is_ascii_digit());
    digits
        && within(4..6, 1, 12)
        && within(6..8, 1, 31)
        && within(8..10, 0, 23)
        && within(10..12, 0, 59)
        && within(12..14, 0, 59)
}

fn is_decimal(value: &str) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
