//! Checks `callbacks.yaml`.

use ottpay_vocabulary::{Evidence, WordSet as _};

use super::choice::parse_choice;
use super::example::{check_example, parse_example_name};
use super::field::{MAX_FIELDS, Owner, check_fields};
use super::model::{Callback, Side};
use super::page::parse_page;
use super::taken_names::{find_method_fault, is_word_of_rust, propose_snake};
use super::types::Types;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::{is_snake, to_camel};
use crate::read::{LOST, Located, RawCallback, text_or_empty};

/// The methods of every callback type.
const TAKEN: [&str; 4] = ["raw", "unauthenticated", "clone", "with_sensitive"];

pub(super) fn check_callback(raw: RawCallback, types: &Types, diagnostics: &mut Diagnostics) -> Callback {
    let name = raw.name.value;
    let fault = match &*name {
        name if is_word_of_rust(name) => Some("it is a Rust keyword"),
        name if !is_snake(name) => Some("it is not in snake_case"),
        _ => None,
    };
    if let Some(fault) = fault {
        let message = format!("`{name}` cannot be the name of a callback: {fault}");
        let help = format!("give it another name, for example `{}`", propose_snake(&name, "notice"));
        diagnostics.report(Mistake::ImpossibleName, &raw.name.at, message, help);
    }
    if let Some(Located { value: method, at }) = &raw.method
        && let Some(fault) = find_method_fault(method)
    {
        let message = format!("`{method}` cannot be the method of a callback: {fault}");
        let help = format!("give it another name, for example `{}`", propose_snake(method, "callback"));
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
    }
    let described = format!("the callback `{name}`");
    let evidence =
        raw.evidence.as_ref().and_then(|word| parse_choice(word, "evidence", "", Evidence::WORDS, diagnostics));
    let owner = Owner { name: &described, taken: &TAKEN, is_plain: false, evidence };
    let are_cut = raw.fields.len() > MAX_FIELDS;
    let received = raw.fields.into_iter().map(|field| (Side::Received, field));
    let fields = check_fields(received, &owner, types, diagnostics);
    // If fields could not be read, it is unknown what an example lacks.
    let is_known = !are_cut && !raw.misread.iter().any(|key| matches!(*key, "fields" | LOST));
    let examples = raw.examples.into_iter().filter(|_| is_known);
    let examples = examples.map(|(name, raw)| {
        let name = parse_example_name(name, diagnostics);
        (name, check_example(raw, &fields, &types.enums, "callback", diagnostics))
    });
    let examples = examples.collect();
    Callback {
        method: raw.method.map_or_else(|| format!("{name}_callback"), |method| method.value),
        type_name: format!("{}Callback", to_camel(&name)),
        name,
        summary: text_or_empty(raw.summary),
        unknown: raw.unknown.into_iter().map(|unknown| unknown.value).collect(),
        page: parse_page(raw.page, diagnostics).unwrap_or_default(),
        fields,
        examples,
        source: raw.name.at,
        from_library: false,
        is_broken: false,
    }
}
