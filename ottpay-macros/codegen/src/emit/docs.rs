//! Documentation of generated items. Each ends with its YAML file and line, and the vendor's page.

use ottpay_vocabulary::{Encoding, Evidence, Protocol};

use crate::check::{Action, Field, Fill, Kind, Spec};
use crate::diagnostic::Position;
use crate::names::{is_camel, to_camel};
use crate::prose::{code, in_cell, line, paragraphs};

use super::types::{accepted_types, spoken_type};

/// Appends the position in YAML and the vendor's page to a text.
pub(super) fn with_source(text: &str, source: &Position, page: &str) -> String {
    let declared = code(&format!("{}:{}", source.file, source.line));
    match page {
        "" => format!("{text}\n\nDeclared at {declared}."),
        page => format!("{text}\n\nDeclared at {declared}; vendor's page: <https://{page}>."),
    }
}

/// Documents a setter.
pub(super) fn describe_setter(spec: &Spec, field: &Field, page: &str) -> String {
    let accepted = accepted_types(spec, field.kind).into_iter().map(|name| in_library(spec, field.kind, name));
    let accepted: Vec<_> = accepted.collect();
    let accepted = match &*accepted {
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
        [] => String::new(),
    };
    let accepted = format!("Accepts {accepted}, or a reference to one.");
    of_field(&describe_field(spec, field, Some(&accepted)), field, page)
}

/// Documents an accessor.
pub(super) fn describe_accessor(spec: &Spec, field: &Field, page: &str) -> String {
    let absent = match spec.is_of_money(field.kind) {
        true => {
            "`Ok(None)` if it is absent, `null` or empty.\n\n# Errors\n[`FieldError`](__ottpay::reply::FieldError) if it cannot be \
             read; its text is in `raw()`."
        }
        false => "`None` if it is absent or cannot be read; its text is in `raw()`.",
    };
    of_field(&describe_field(spec, field, (!field.required).then_some(absent)), field, page)
}

fn describe_field(spec: &Spec, field: &Field, more: Option<&str>) -> String {
    let (notes, rules) = (describe_content(spec, field), list_rules(field));
    let rules = if rules.is_empty() { rules } else { format!("{rules}.") };
    let wire = format!("On the wire: `{}`, {}.", field.wire, wire_type(spec, field));
    let paragraphs = [&*paragraphs(&field.doc), more.unwrap_or_default(), &rules, &notes, &wire];
    paragraphs.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Appends a field's position and page to a text. `page` is that of its action or callback, for a field without its
/// own.
pub(super) fn of_field(text: &str, field: &Field, page: &str) -> String {
    with_source(text, &field.source, field.page.as_deref().unwrap_or(page))
}

/// Documents a request type: its purpose, and a table of its fields.
pub(super) fn describe_action(spec: &Spec, action: &Action) -> String {
    let Action { action: constant, version, path, base_url, .. } = action;
    let effect = action.effect_in_words();
    let (summary, version) = (line(&action.summary), code(version));
    let address = code(&format!("{}{path}", base_url.as_ref().unwrap_or(&spec.gateway.base_url)));
    let how = match action.protocol {
        Protocol::Envelope => format!("Action `{constant}`, version {version}, path `{path}`. {effect}"),
        Protocol::Json => {
            format!("`{constant}`: plain JSON without an envelope, to {address}. Only TLS protects it. {effect}")
        }
        Protocol::Link => format!(
            "`{constant}`: a link to {address} that the buyer's browser opens. Its parameters are not encrypted. \
             Opening it presumably creates a payment, so hand it out once per order id."
        ),
        Protocol::Sdk => {
            format!("`{constant}`: parameters for the vendor's mobile SDK, which makes the call to {address}.")
        }
    };
    let mut text = format!("{summary}\n\n{how}\n\n");
    if let Some(reserves) = action.reserves_in_words() {
        text.push_str(&format!("{reserves}\n\n"));
    }
    if let Some(moves) = action.moves_in_words() {
        text.push_str(&format!("{moves} {}\n\n", list_queries(action)));
    }
    if !action.doc.is_empty() {
        text.push_str(&format!("{}\n\n", paragraphs(&action.doc)));
    }
    if !action.returned.is_empty() {
        let name = &action.type_name;
        text.push_str(&format!("The parameters with which the buyer's browser returns are a [`{name}Return`].\n\n"));
    }
    text.push_str(&request_table(spec, &action.request));
    text.push_str(&list_unknown(&action.unknown));
    with_source(&text, &action.source, &action.page)
}

/// Lists the queries that report the outcome of a write, with links to their requests.
fn list_queries(action: &Action) -> String {
    let queries = action.queries.iter().map(|query| {
        let library = if query.from_library { "__ottpay::" } else { "" };
        format!("[`{}`]({library}{}){}", query.action, to_camel(&query.action), query.evidence_in_words())
    });
    match &action.no_query {
        Some(reason) => format!("No query reports its outcome: {}.", line(reason.trim_end_matches('.'))),
        None => format!("To learn its outcome, query {}.", queries.collect::<Vec<_>>().join(" or ")),
    }
}

/// Lists the fields of a request in a table, in the order of the file.
fn request_table(spec: &Spec, request: &[Field]) -> String {
    let mut text = String::from("| field | on the wire | type | required | meaning |\n|---|---|---|---|---|\n");
    // The fields of an envelope are in the order of the digest.
    let mut fields: Vec<&Field> = request.iter().collect();
    fields.sort_by(|a, b| a.source.cmp(&b.source));
    for field in fields {
        let required = match (field.is_settable(), field.required) {
            (false, _) => "written by the client",
            (true, _) if field.opt_in => &format!("no; `with_{}()`", field.name),
            (true, _) if !field.is_given() => &format!("written by the client, or `without_{}()`", field.name),
            (true, true) if field.may_omit => &format!("yes, or `without_{}()`", field.name),
            (true, true) => "yes",
            (true, false) => "no",
        };
        let Field { name, wire, .. } = field;
        text.push_str(&format!(
            "| `{name}` | `{wire}` | {} | {required} | {} |\n",
            in_cell(&wire_type(spec, field)),
            in_cell(&describe_in_line(spec, field))
        ));
    }
    text
}

/// Lists the fields of a received message in a table.
pub(super) fn received_table(spec: &Spec, fields: &[Field]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let mut text =
        String::from("\n\n| field | on the wire | type | always present | meaning |\n|---|---|---|---|---|\n");
    for field in fields {
        let names: Vec<_> =
            std::iter::once(&field.wire).chain(&field.aliases).map(|name| format!("`{name}`")).collect();
        let name = &field.name;
        let required = field.presence_in_words();
        text.push_str(&format!(
            "| [`{name}`](Self::{name}) | {} | {} | {required} | {} |\n",
            names.join(", "),
            in_cell(&wire_type(spec, field)),
            in_cell(&describe_in_line(spec, field))
        ));
    }
    text
}

/// Lists what the vendor does not document.
pub(super) fn list_unknown(unknown: &[String]) -> String {
    match unknown {
        [] => String::new(),
        unknown => format!(
            "\n\nNot documented by the vendor: {}.",
            unknown.iter().map(|text| line(text)).collect::<Vec<_>>().join("; ")
        ),
    }
}

/// Describes the encrypted content of a field, and its evidence if that is not the vendor's.
fn describe_content(spec: &Spec, field: &Field) -> String {
    let content = field.content.and_then(|index| spec.objects.get(index)).map_or_else(String::new, |object| {
        let members: Vec<_> = object.fields.iter().map(|member| format!("`{}`", member.wire)).collect();
        format!("Its encrypted content: {}.", members.join(", "))
    });
    let evidence = match field.evidence {
        Evidence::Vendor => "",
        Evidence::Clients => "Not on a page of the vendor; seen in public clients.",
        Evidence::Assumed => "**Assumed**: neither a page of the vendor nor a client shows it here.",
    };
    [&*content, evidence].into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns the explanation of a field and its rules, in one line.
fn describe_in_line(spec: &Spec, field: &Field) -> String {
    let rules = match list_rules(field) {
        rules if rules.is_empty() => rules,
        rules => format!("{rules}."),
    };
    let parts = [line(&field.doc), describe_content(spec, field), rules];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns the type, with a link to its documentation.
fn wire_type(spec: &Spec, field: &Field) -> String {
    match (&field.constant, &field.fill) {
        (Some(constant), _) => return format!("always {}", code(constant)),
        (None, Some(Fill::MerchantId)) => return "the merchant id of the client".to_owned(),
        (None, Some(Fill::Endpoint)) => return "the URL of the call".to_owned(),
        (None, Some(Fill::CopyOf(wire))) => return format!("the same as `{wire}`"),
        (None, None) => {}
    }
    let spoken = match field.kind {
        Kind::Url if field.is_received() => "a `Url`".to_owned(),
        kind => spoken_type(spec, kind),
    };
    // The name of the type is between the first two backticks.
    match spoken.split('`').nth(1) {
        Some(name) if field.kind != Kind::Integer => {
            spoken.replace(&format!("`{name}`"), &in_library(spec, field.kind, name))
        }
        _ => spoken,
    }
}

/// Formats a type as code, with a link. Enums and objects of this specification are in the module of the documented
/// item, all other types in the library.
fn in_library(spec: &Spec, kind: Kind, name: &str) -> String {
    let is_own = match kind {
        Kind::Enum(index) => spec.enums.get(index).is_some_and(|declared| !declared.from_library),
        Kind::Object(index) => spec.objects.get(index).is_some_and(|object| !object.from_library),
        _ => false,
    };
    // Documentation of primitive types and of the standard library is not always available to link to.
    let is_declared = is_camel(name) && name != "String";
    match (is_declared, is_own) {
        (false, _) => format!("`{name}`"),
        (true, true) => format!("[`{name}`]"),
        (true, false) => format!("[`{name}`](__ottpay::{name})"),
    }
}

fn list_rules(field: &Field) -> String {
    let mut rules = field.limits.in_words();
    if field.lenient {
        rules.push(
            "although the vendor's pages do not state this for every action, or the vendor's samples break it, so only \
             a [`strict`](__ottpay::ClientBuilder::strict) client enforces it"
                .to_owned(),
        );
    }
    if !field.only.is_empty() {
        let words: Vec<_> = field.only.iter().map(|word| code(word)).collect();
        rules.push(format!("one of {}", words.join(", ")));
    }
    if field.encoding == Encoding::Base64 {
        rules.push("in Base64 on the wire".to_owned());
    }
    if let Some(other) = &field.instead_of {
        rules.push(format!("sent instead of `{other}`"));
    }
    if field.is_outer() {
        rules.push("sent in clear text outside `data`".to_owned());
    }
    if field.sensitive {
        rules.push("never shown by `Debug` or in errors".to_owned());
    }
    let text = rules.join(", ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
