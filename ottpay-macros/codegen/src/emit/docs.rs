//! Documentation of generated items. Each ends with its YAML file and line, and the vendor's page.

use crate::check::{Action, Field, Kind, Source, Spec};

use super::spoken_type;

/// Text, then where it is declared and where the vendor describes it.
pub(super) fn with_source(text: &str, source: &Source, page: &str) -> String {
    let declared = format!("`{}:{}`", source.file, source.at.line);
    match page {
        "" => format!("{text}\n\nDeclared at {declared}."),
        page => format!("{text}\n\nDeclared at {declared}; vendor's page: <https://{page}>."),
    }
}

/// Documentation of a setter or an accessor.
pub(super) fn field(spec: &Spec, field: &Field, page: &str) -> String {
    let mut text = field.doc.clone();
    let rules = rules(field);
    if !rules.is_empty() {
        text.push_str(&format!("\n\n{rules}."));
    }
    text.push_str(&format!("\n\nOn the wire: `{}`, {}.", field.wire, wire_type(spec, field)));
    of_field(&text, field, page)
}

/// Text about a field; its own page wins over `page`, that of its action or callback.
pub(super) fn of_field(text: &str, field: &Field, page: &str) -> String {
    with_source(text, &field.source, field.page.as_deref().unwrap_or(page))
}

/// Documentation of a request type: what it does, and its table of fields.
pub(super) fn action(spec: &Spec, action: &Action) -> String {
    let Action { action: constant, version, path, write, summary, .. } = action;
    let effect = match write {
        true => "It may move money, so it is never repeated automatically.",
        false => "It changes nothing and may be repeated.",
    };
    let mut text = format!("{summary}\n\nAction `{constant}`, version `{version}`, path `{path}`. {effect}\n\n");
    text.push_str("| field | on the wire | type | required | meaning |\n|---|---|---|---|---|\n");
    let mut fields: Vec<&Field> = action.request.iter().collect();
    fields.sort_by_key(|field| field.source.at);
    for field in fields {
        let required = match (&field.constant, field.required) {
            (Some(_), _) => "written by the client",
            (None, true) if field.may_omit => &format!("yes, or `without_{}()`", field.name),
            (None, true) => "yes",
            (None, false) => "no",
        };
        let (name, wire, doc) = (&field.name, &field.wire, field.doc.replace('|', "\\|").replace('\n', " "));
        text.push_str(&format!("| `{name}` | `{wire}` | {} | {required} | {doc} |\n", wire_type(spec, field)));
    }
    with_source(&text, &action.source, &action.page)
}

/// The type with a link to its documentation.
fn wire_type(spec: &Spec, field: &Field) -> String {
    if let Some(constant) = &field.constant {
        return format!("always `{constant}`");
    }
    let spoken = spoken_type(spec, field.kind);
    // Enums stand beside the documented item, the other types in the library.
    let library = if matches!(field.kind, Kind::Enum(_)) { "" } else { "ottpay::" };
    match spoken.split('`').nth(1) {
        Some(name) => spoken.replace(&format!("`{name}`"), &format!("[`{name}`]({library}{name})")),
        None => spoken,
    }
}

fn rules(field: &Field) -> String {
    let mut rules = Vec::new();
    match (field.limits.min_len, field.limits.max_len) {
        (Some(min), Some(max)) if min == max => rules.push(format!("exactly {min} characters")),
        (Some(min), Some(max)) => rules.push(format!("{min} to {max} characters")),
        (Some(min), None) => rules.push(format!("at least {min} characters")),
        (None, Some(max)) => rules.push(format!("at most {max} characters")),
        (None, None) => {}
    }
    match field.limits.charset {
        Some("Digits") => rules.push("digits only".to_owned()),
        Some("Alphanumeric") => rules.push("letters and digits only".to_owned()),
        _ => {}
    }
    if !field.only.is_empty() {
        let words: Vec<_> = field.only.iter().map(|word| format!("`{word}`")).collect();
        rules.push(format!("one of {}", words.join(", ")));
    }
    if field.is_outer() {
        rules.push("sent in clear text beside `data`".to_owned());
    }
    if field.sensitive {
        rules.push("never shown by `Debug` or in errors".to_owned());
    }
    let text = rules.join(", ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
