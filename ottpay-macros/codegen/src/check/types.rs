//! Checks `types.yaml`.

use std::collections::BTreeMap;

use super::{Enum, Source, Word, choice, page, text};
use crate::Diagnostics;
use crate::names::{camel, is_camel, snake};
use crate::read::{RawEnum, RawWord};

/// Variants of the runtime's `StatusClass`, by their names in the language.
const CLASSES: [(&str, &str); 7] = [
    ("paid", "Paid"),
    ("authorised", "Authorised"),
    ("pending", "Pending"),
    ("closed", "Closed"),
    ("failed", "Failed"),
    ("refunded", "Refunded"),
    ("partially_refunded", "PartiallyRefunded"),
];

pub(super) fn check(raw: RawEnum, diagnostics: &mut Diagnostics) -> Enum {
    let file = raw.file.as_str();
    let name = raw.name.value;
    if !is_camel(&name) {
        let camel = camel(&snake(&name));
        let help = if camel == name { "give it another name".to_owned() } else { format!("write `{camel}`") };
        diagnostics.report_with_help(file, raw.name.at, format!("the type `{name}` needs a name in CamelCase"), help);
    }
    if raw.values.is_empty() {
        let help = "add `values:` with at least one word";
        diagnostics.report_with_help(file, raw.name.at, format!("the type `{name}` has no words"), help);
    }
    let mut words: Vec<Word> = Vec::new();
    let mut spellings = BTreeMap::new();
    let mut variants = BTreeMap::new();
    for RawWord { word, name: variant, aliases, class, doc } in raw.values {
        let (variant, variant_at) = match variant {
            Some(variant) => (variant.value, variant.at),
            None => (camel(&snake(&word.value)), word.at),
        };
        if !is_camel(&variant) || variant == "Other" {
            let message = format!("`{variant}` cannot be the name of a variant of `{name}`");
            diagnostics.report_with_help(file, variant_at, message, "give it a `name:` in CamelCase, not `Other`");
        }
        if let Some(earlier) = variants.insert(variant.clone(), word.value.clone()) {
            let message = format!("`{}` and `{earlier}` both give the variant `{name}::{variant}`", word.value);
            diagnostics.report_with_help(file, word.at, message, "give one of them another `name:`");
        }
        for spelling in std::iter::once(&word).chain(&aliases) {
            let compared = if raw.loose { normalised(&spelling.value) } else { spelling.value.clone() };
            if let Some(earlier) = spellings.insert(compared, word.value.clone()) {
                let message = format!("`{}` already stands for `{earlier}`", spelling.value);
                diagnostics.report_with_help(file, spelling.at, message, "remove one of the two");
            }
        }
        words.push(Word {
            class: class.and_then(|class| choice(&class, "class", &CLASSES, file, diagnostics)),
            source: Source { file: file.to_owned(), at: word.at },
            word: word.value,
            variant,
            aliases: aliases.into_iter().map(|alias| alias.value).collect(),
            doc: text(doc),
        });
    }
    let source = Source { file: raw.file, at: raw.name.at };
    let page = page::check(raw.page, &source.file, diagnostics).unwrap_or_default();
    Enum { name, doc: text(raw.doc), page, loose: raw.loose, words, source }
}

/// How loose words compare; the same rule as the runtime's `Word::normalised`.
pub(crate) fn normalised(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' '], "_")
}
