//! Checks the enums of `types.yaml`.

use std::collections::BTreeMap;

use ottpay_vocabulary::{Compare, StatusClass, WordSet as _};

use super::choice::parse_choice;
use super::model::{Class, Enum, Word};
use super::page::parse_page;
use super::type_names::{check_type_name, check_variant};
use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::{to_camel, to_snake};
use crate::read::{RawEnum, RawWord, text_or_empty};

pub(super) fn check_enum(raw: RawEnum, diagnostics: &mut Diagnostics) -> Enum {
    check_type_name(&raw.name, diagnostics);
    let name = raw.name.value;
    if raw.values.is_empty() && raw.misread.is_empty() {
        let help = "add `values:` with at least one value";
        let message = format!("the type `{name}` has no values");
        diagnostics.report(Mistake::Empty, &raw.name.at, message, help);
    }
    let compare = if raw.loose.is_set() { Compare::Loose } else { Compare::Exact };
    let mut words: Vec<Word> = Vec::new();
    let mut spellings = BTreeMap::new();
    let mut variants = BTreeMap::new();
    for RawWord { word, name: variant, aliases, class, doc, .. } in raw.values {
        let (variant, variant_at) = match variant {
            Some(variant) => (variant.value, variant.at),
            None => (to_camel(&to_snake(&word.value)), word.at.clone()),
        };
        check_variant(&variant, &variant_at, &name, &word, &mut variants, diagnostics);
        for spelling in std::iter::once(&word).chain(&aliases) {
            let compared = compare.normalise(&spelling.value).into_owned();
            if let Some((stands_for, earlier)) = spellings.insert(compared, (word.value.clone(), spelling.at.clone())) {
                let message = format!("`{}` is already a spelling of `{stands_for}` in `{name}`", spelling.value);
                let related = (&earlier, "here");
                let help = "remove one of the two";
                diagnostics.report_beside(Mistake::RepeatedWord, &spelling.at, message, related, help);
            }
        }
        let of = format!(" of the value `{}`", word.value);
        let class = class.and_then(|class| parse_choice(&class, "class", &of, StatusClass::WORDS, diagnostics));
        words.push(Word {
            class: class.map(Class::Status),
            source: word.at,
            word: word.value,
            variant,
            aliases: aliases.into_iter().map(|alias| alias.value).collect(),
            doc: text_or_empty(doc),
        });
    }
    let source = raw.name.at;
    let page = parse_page(raw.page, diagnostics).unwrap_or_default();
    Enum { name, doc: text_or_empty(raw.doc), page, compare, words, source, from_library: false, is_broken: false }
}
