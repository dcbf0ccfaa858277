//! Checks `types.yaml`.

use std::collections::BTreeMap;

use super::field::{self, Owner, check_all};
use super::{Class, Code, Compare, Enum, Field, Kind, Object, Side, Source, Word, choice, page, text};
use crate::names::{camel, is_camel, snake, suggestion};
use crate::read::{Located, RawEnum, RawField, RawObject, RawTypes, RawWord};
use crate::{Diagnostics, Position};

/// Methods that every object has.
const TAKEN: [&str; 2] = ["raw", "clone"];

/// Every type that a field may have beside the built-in ones.
#[derive(Default)]
pub(super) struct Types {
    pub(super) enums: Vec<Enum>,
    pub(super) objects: Vec<Object>,
    /// Fields without a place, whose rules other fields take over.
    shared: Vec<Field>,
    /// Names that are declared, but not yet known: fields have shared types, and objects have fields.
    later: Vec<String>,
}

impl Types {
    /// The type of a field, and what it shares with others of that type.
    pub(super) fn of_field(&self, raw: &RawField, file: &str, diagnostics: &mut Diagnostics) -> (Kind, Option<&Field>) {
        let Some(named) = &raw.kind else { return (Kind::Text, None) };
        let built_in = Kind::BUILT_IN.iter().find(|(name, _)| *name == named.value).map(|(_, kind)| *kind);
        let declared = || self.enums.iter().position(|declared| declared.name == named.value).map(Kind::Enum);
        let object = || self.objects.iter().position(|object| object.name == named.value).map(Kind::Object);
        if let Some(kind) = built_in.or_else(declared).or_else(object) {
            return (kind, None);
        }
        if let Some(shared) = self.shared.iter().find(|shared| shared.wire == named.value) {
            return (shared.kind, Some(shared));
        }
        if self.later.contains(&named.value) {
            let message = format!("the type `{}` cannot be used here", named.value);
            let help = "a shared type is built on a built-in type or an enum, and an object has shared types and objects \
                        that stand above it";
            diagnostics.report_with_help(file, named.at, message, help);
            return (Kind::Text, None);
        }
        let enums = self.enums.iter().map(|declared| declared.name.as_str());
        let objects = self.objects.iter().map(|object| object.name.as_str());
        let shared = self.shared.iter().map(|shared| shared.wire.as_str());
        let known = Kind::BUILT_IN.iter().map(|(name, _)| *name).chain(enums).chain(objects).chain(shared);
        let help = format!("{} Other types are declared in types.yaml", suggestion(&named.value, known));
        diagnostics.report_with_help(file, named.at, format!("unknown type `{}`", named.value), help);
        (Kind::Text, None)
    }
}

/// Enums first, because fields name them; then fields that others share; then objects, which have fields.
pub(super) fn check_all_types(raw: RawTypes, codes: &[Code], diagnostics: &mut Diagnostics) -> Types {
    let mut enums: Vec<Enum> = raw.enums.into_iter().map(|raw| check(raw, diagnostics)).collect();
    enums.push(response_codes(codes));
    let names = raw.shared.iter().map(|field| &field.wire).chain(raw.objects.iter().map(|object| &object.name));
    let later = names.map(|name| name.value.clone()).collect();
    let mut types = Types { enums, later, ..Types::default() };
    let shared = Owner { file: &raw.file, name: "the types", taken: &TAKEN, is_plain: true };
    for field in raw.shared {
        check_name(&field.wire, &raw.file, diagnostics);
        if types.enums.iter().any(|declared| declared.name == field.wire.value) {
            let message = format!("the type `{}` is there already", field.wire.value);
            diagnostics.report_with_help(&raw.file, field.wire.at, message, "give it another name");
        }
        let checked = field::check(field, Side::Shared, &[], &shared, &types, diagnostics);
        types.later.retain(|name| *name != checked.wire);
        types.shared.push(checked);
    }
    for RawObject { file, name, doc, page, fields } in raw.objects {
        check_name(&name, &file, diagnostics);
        let described = format!("the type `{}`", name.value);
        let fields = fields.into_iter().map(|field| (Side::Member, field));
        let owner = Owner { file: &file, name: &described, taken: &TAKEN, is_plain: false };
        let fields = check_all(fields, &owner, &types, diagnostics);
        let page = page::check(page, &file, diagnostics).unwrap_or_default();
        let source = Source { file, at: name.at };
        types.later.retain(|later| *later != name.value);
        types.objects.push(Object { name: name.value, doc: text(doc), page, fields, source });
    }
    types
}

/// The codes of the gateway as an enum of their own.
fn response_codes(codes: &[Code]) -> Enum {
    let words = codes.iter().map(|code| Word {
        word: code.code.clone(),
        variant: code.variant.clone(),
        aliases: Vec::new(),
        class: code.class.map(Class::Code),
        doc: code.doc.clone(),
        source: code.source.clone(),
    });
    Enum {
        name: "ResponseCode".to_owned(),
        doc: "A response code of the gateway, or of the provider behind it. Case and outer white space do not matter. That \
              of an error is `ResponseCode::from(refusal.code())`."
            .to_owned(),
        page: String::new(),
        compare: Compare::Upper,
        words: words.collect(),
        source: codes.first().map(|code| code.source.clone()).unwrap_or_default(),
    }
}

/// A variant must be a name of Rust, not the one of the words to come, and the only one of its name.
pub(super) fn check_variant(
    variant: &str,
    at: Position,
    of: &str,
    word: &Located<String>,
    variants: &mut BTreeMap<String, String>,
    file: &str,
    diagnostics: &mut Diagnostics,
) {
    if !is_camel(variant) || variant == "Other" {
        let message = format!("`{variant}` cannot be the name of a variant of `{of}`");
        diagnostics.report_with_help(file, at, message, "give it a `name:` in CamelCase, not `Other`");
    } else if let Some(earlier) = variants.insert(variant.to_owned(), word.value.clone()) {
        let message = format!("`{}` and `{earlier}` both give the variant `{of}::{variant}`", word.value);
        diagnostics.report_with_help(file, word.at, message, "give one of them another `name:`");
    }
}

fn check_name(name: &Located<String>, file: &str, diagnostics: &mut Diagnostics) {
    let Located { value: name, at } = name;
    if !is_camel(name) {
        let camel = camel(&snake(name));
        let help = if camel == *name { "give it another name".to_owned() } else { format!("write `{camel}`") };
        diagnostics.report_with_help(file, *at, format!("the type `{name}` needs a name in CamelCase"), help);
    }
}

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

fn check(raw: RawEnum, diagnostics: &mut Diagnostics) -> Enum {
    let file = raw.file.as_str();
    check_name(&raw.name, file, diagnostics);
    let name = raw.name.value;
    if raw.values.is_empty() {
        let help = "add `values:` with at least one word";
        diagnostics.report_with_help(file, raw.name.at, format!("the type `{name}` has no words"), help);
    }
    let compare = if raw.loose { Compare::Loose } else { Compare::Exact };
    let mut words: Vec<Word> = Vec::new();
    let mut spellings = BTreeMap::new();
    let mut variants = BTreeMap::new();
    for RawWord { word, name: variant, aliases, class, doc } in raw.values {
        let (variant, variant_at) = match variant {
            Some(variant) => (variant.value, variant.at),
            None => (camel(&snake(&word.value)), word.at),
        };
        check_variant(&variant, variant_at, &name, &word, &mut variants, file, diagnostics);
        for spelling in std::iter::once(&word).chain(&aliases) {
            let compared = compare.normalised(&spelling.value);
            if let Some(earlier) = spellings.insert(compared, word.value.clone()) {
                let message = format!("`{}` already stands for `{earlier}`", spelling.value);
                diagnostics.report_with_help(file, spelling.at, message, "remove one of the two");
            }
        }
        words.push(Word {
            class: class.and_then(|class| choice(&class, "class", &CLASSES, file, diagnostics)).map(Class::Status),
            source: Source { file: file.to_owned(), at: word.at },
            word: word.value,
            variant,
            aliases: aliases.into_iter().map(|alias| alias.value).collect(),
            doc: text(doc),
        });
    }
    let source = Source { file: raw.file, at: raw.name.at };
    let page = page::check(raw.page, &source.file, diagnostics).unwrap_or_default();
    Enum { name, doc: text(raw.doc), page, compare, words, source }
}

impl Compare {
    /// The form in which words compare; the same rules as those of the runtime's `Word`.
    pub(crate) fn normalised(self, word: &str) -> String {
        match self {
            Self::Exact => word.to_owned(),
            Self::Loose => word.trim().to_lowercase().replace(['-', ' '], "_"),
            Self::Upper => word.trim().to_ascii_uppercase(),
        }
    }
}
