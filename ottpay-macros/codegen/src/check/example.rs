//! Checks examples against the fields they claim to show.

use std::collections::BTreeSet;

use ottpay_vocabulary::find_nearest;

use super::model::{Enum, Field, Fill, Kind};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{is_snake, suggestion};
use crate::read::{Located, RawValues};

/// Checks that an example's name is in snake_case, like the names of actions and callbacks.
pub(super) fn parse_example_name(name: Located<String>, diagnostics: &mut Diagnostics) -> String {
    if !is_snake(&name.value) {
        let message = format!("`{}` cannot be the name of an example", name.value);
        let help = "name it in snake_case, such as `paid_in_full`";
        diagnostics.report(Mistake::ImpossibleName, &name.at, message, help);
    }
    name.value
}

/// Checks an example, and returns its values in the order of `fields`, with constants and copies added.
pub(super) fn check_example(
    raw: RawValues,
    fields: &[Field],
    enums: &[Enum],
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, String)> {
    let RawValues { at, values, is_misread } = raw;
    // What the example has, and the message does not.
    let mut meant = BTreeSet::new();
    for (name, _) in &values {
        if fields.iter().all(|field| !has_name(field, &name.value) || field.is_outer()) {
            let inner = fields.iter().filter(|field| !field.is_outer()).map(|field| field.wire.as_str());
            let is_outer = fields.iter().any(|field| field.wire == name.value);
            let help = match is_outer {
                true => "remove it: examples have the fields inside `data` only".to_owned(),
                false => suggestion(&name.value, inner),
            };
            let message = format!("the {what} of the example has `{}`, which is not one of its fields", name.value);
            diagnostics.report(Mistake::UnknownField, &name.at, message, help);
            // A misspelt field is not reported as missing as well.
            meant.extend(find_nearest(&name.value, fields.iter().map(|field| field.wire.as_str())));
        }
    }
    // What the message has, whether or not the example does.
    let mut out = Vec::new();
    for field in fields.iter().filter(|field| !field.is_outer()) {
        let given = values.iter().find(|(name, _)| name.value == field.wire).map(|(_, text)| text);
        let by_alias = values.iter().filter(|(name, _)| field.aliases.contains(&name.value));
        let aliases: Vec<_> = by_alias.filter_map(|(name, text)| Some((&name.value, text.as_ref()?))).collect();
        let has_alias = !aliases.is_empty();
        // A value that is not a string has been reported.
        if let Some(None) = given {
            continue;
        }
        match (given.and_then(Option::as_ref), &field.constant) {
            (Some(text), Some(_)) => {
                let message = format!("the example sets `{}`, which is a constant", field.wire);
                diagnostics.report(Mistake::ExampleOfConstant, &text.at, message, "remove it: the client writes it");
            }
            (Some(text), None) if field.fill.is_some() => {
                let message = format!("the example sets `{}`, which the client writes", field.wire);
                diagnostics.report(Mistake::ExampleOfConstant, &text.at, message, "remove it");
            }
            (None, Some(_)) if field.opt_in => {}
            (None, Some(constant)) => out.push((field.wire.clone(), constant.clone())),
            (Some(text), None) => {
                check_value(text, field, enums, diagnostics);
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
                let is_needed = field.required && !field.may_omit && !field.is_broken && !has_alias;
                if is_needed && !is_misread && !meant.contains(field.wire.as_str()) {
                    report_missing(field, what, &at, diagnostics);
                }
            }
        }
        for (alias, text) in aliases {
            check_value(text, field, enums, diagnostics);
            out.push((alias.clone(), text.value.clone()));
        }
    }
    out
}

/// Whether a field may be received under this name.
fn has_name(field: &Field, name: &str) -> bool {
    field.wire == name || field.aliases.iter().any(|alias| alias == name)
}

/// Reports a value that breaks the rules of its field.
fn check_value(text: &Located<String>, field: &Field, enums: &[Enum], diagnostics: &mut Diagnostics) {
    let judged = Some(field).filter(|field| !field.is_broken);
    if let Some(problem) = judged.and_then(|field| find_problem(&text.value, field, enums)) {
        let message = format!("`{}` of the example: {problem}", field.wire);
        let related = (&field.source, "the field's rules");
        let help = "write a value that the gateway would accept, or fix the rules of the field";
        diagnostics.report_beside(Mistake::ExampleBreaksRule, &text.at, message, related, help);
    }
}

fn report_missing(field: &Field, what: &str, at: &Position, diagnostics: &mut Diagnostics) {
    let message = format!("the example's {what} lacks the required field `{}`", field.wire);
    let related = (&field.source, "the field");
    let help = format!("add `{}: …` to the example, or make the field `optional: true`", field.wire);
    diagnostics.report_beside(Mistake::ExampleLacksField, at, message, related, help);
}

/// Returns why a value does not fit its field.
///
/// It applies the client's own rule. A value of an enum must also be declared, so that the specification's types know
/// every value in its examples.
pub(super) fn find_problem(value: &str, field: &Field, enums: &[Enum]) -> Option<String> {
    if let Err(error) = field.check_value(value) {
        return Some(error.to_string());
    }
    let Kind::Enum(index) = field.kind else { return None };
    let declared = enums.get(index)?;
    let compared = declared.compare.normalise(value);
    let is_it = |word: &String| declared.compare.normalise(word) == compared;
    // Received messages may use another spelling.
    let has_alias = |aliases: &[String]| field.is_received() && aliases.iter().any(is_it);
    let is_declared = declared.words.iter().any(|word| is_it(&word.word) || has_alias(&word.aliases));
    (!is_declared).then(|| format!("expected a value of `{}`", declared.name))
}
