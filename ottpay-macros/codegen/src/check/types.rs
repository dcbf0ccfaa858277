//! Checks `types.yaml`.

use std::collections::BTreeMap;

use super::field::{self, Owner, check_all};
use super::{Class, Code, Compare, Enum, Field, Kind, Object, Side, Word, choice, page, text};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{camel, is_camel, snake, suggestion, suggestion_and};
use crate::read::{Located, RawEnum, RawField, RawObject, RawTypes, RawWord};
use crate::word_sets::STATUS_CLASSES;

/// Methods that every object has.
const TAKEN: [&str; 2] = ["raw", "clone"];

/// The enum that is made of the gateway's codes.
const CODES: &str = "ResponseCode";

/// Every type that a field may have beside the built-in ones.
#[derive(Default)]
pub(super) struct Types {
    pub(super) enums: Vec<Enum>,
    pub(super) objects: Vec<Object>,
    /// Fields without a place, whose rules other fields take over.
    shared: Vec<Field>,
    /// Names that are declared, but not yet known: fields have shared types, and objects have fields.
    later: Vec<String>,
    /// Names of entries that cannot be read.
    unreadable: Vec<String>,
    /// Whether the whole file cannot be read, so that nobody knows what it declares.
    pub(super) is_unreadable: bool,
}

impl Types {
    /// The type of a field, and what it shares with others of that type; nothing if it is not known, which is reported.
    pub(super) fn of_field(&self, raw: &RawField, diagnostics: &mut Diagnostics) -> Option<(Kind, Option<&Field>)> {
        let named = raw.kind.as_ref()?;
        let built_in = Kind::BUILT_IN.iter().find(|(name, _)| *name == named.value).map(|(_, kind)| *kind);
        let declared = || self.enums.iter().position(|declared| declared.name == named.value).map(Kind::Enum);
        let object = || self.objects.iter().position(|object| object.name == named.value).map(Kind::Object);
        if let Some(kind) = built_in.or_else(declared).or_else(object) {
            let is_broken = match kind {
                Kind::Enum(index) => self.enums.get(index).is_some_and(|declared| declared.is_broken),
                kind => kind.object().and_then(|index| self.objects.get(index)).is_some_and(|object| object.is_broken),
            };
            return unless_broken(is_broken, (kind, None), named, diagnostics);
        }
        if let Some(shared) = self.shared.iter().find(|shared| shared.wire == named.value) {
            return unless_broken(shared.is_broken, (shared.kind, Some(shared)), named, diagnostics);
        }
        if self.is_unreadable || self.unreadable.contains(&named.value) {
            diagnostics.spoil(&named.at);
            return None;
        }
        if self.later.contains(&named.value) {
            let message =
                format!("the type `{}` of the field `{}` is declared further down", named.value, raw.wire.value);
            let help = "move it up: an object stands below those that are in it, and a field type below the field type on \
                        which it is built, which cannot be an object";
            diagnostics.report(Mistake::TypeNotYetKnown, &named.at, message, help);
            return None;
        }
        let built_in = Kind::BUILT_IN.iter().map(|(name, _)| *name);
        let further = "Other types are declared in types.yaml";
        let help = suggestion_and(&named.value, built_in.chain(self.names()), further);
        let message = format!("the field `{}` has the unknown type `{}`", raw.wire.value, named.value);
        diagnostics.report(Mistake::UnknownType, &named.at, message, help);
        None
    }

    /// The object that a field names as its content; nothing if nobody knows it.
    pub(super) fn object(&self, named: &Located<String>, wire: &str, diagnostics: &mut Diagnostics) -> Option<usize> {
        let found = self.objects.iter().position(|object| object.name == named.value);
        if found.is_none() {
            if self.is_unreadable || self.unreadable.contains(&named.value) {
                diagnostics.spoil(&named.at);
            } else {
                let help = suggestion(&named.value, self.objects.iter().map(|object| object.name.as_str()));
                let message = format!("the field `{wire}` has the unknown object `{}`", named.value);
                diagnostics.report(Mistake::UnknownType, &named.at, message, help);
            }
        }
        found
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let enums = self.enums.iter().map(|declared| declared.name.as_str());
        let objects = self.objects.iter().map(|object| object.name.as_str());
        enums.chain(objects).chain(self.shared.iter().map(|shared| shared.wire.as_str()))
    }

    /// Adds what a `types.yaml` declares: enums first, because fields name them, and among them the codes of the gateway
    /// and whether they are known; then fields that others share; then objects, which have fields.
    pub(super) fn extend(
        &mut self,
        raw: RawTypes,
        codes: Option<(&[Code], bool)>,
        from_library: bool,
        diagnostics: &mut Diagnostics,
    ) {
        for name in raw.names() {
            let is_codes = codes.is_some() && name.value == CODES;
            if is_codes || self.names().any(|known| known == name.value) {
                let message = format!("the type `{}` is there already", name.value);
                let help = "give it another name, or use the one that is there";
                diagnostics.report(Mistake::TakenName, &name.at, message, help);
            }
        }
        self.unreadable.extend(raw.unreadable.iter().map(|name| name.value.clone()));
        // A type that is not in CamelCase is used as if it were, and reported where it is declared.
        let declared = raw.names().map(|name| &name.value);
        self.unreadable.extend(declared.filter(|name| !is_camel(name)).map(|name| camel(&snake(name))));
        for raw in raw.enums {
            let is_misread = !raw.misread.is_empty() || raw.values.iter().any(|word| !word.misread.is_empty());
            let before = diagnostics.count();
            let checked = check(raw, diagnostics);
            let is_broken = is_misread || diagnostics.count() > before;
            self.enums.push(Enum { from_library, is_broken, ..checked });
        }
        self.enums.extend(codes.map(|(codes, are_known)| {
            let is_broken = !are_known;
            Enum { from_library, is_broken, ..response_codes(codes) }
        }));
        let names = raw.shared.iter().map(|field| &field.wire).chain(raw.objects.iter().map(|object| &object.name));
        self.later.extend(names.map(|name| name.value.clone()));
        for field in raw.shared {
            check_name(&field.wire, diagnostics);
            let is_misread = !field.misread.is_empty();
            let next = diagnostics.count();
            let shared = Owner { name: "the types", taken: &TAKEN, is_plain: true };
            let mut checked = field::check(field, Side::Shared, &[], &shared, self, diagnostics);
            checked.is_broken = is_misread || diagnostics.count() > next;
            self.later.retain(|name| *name != checked.wire);
            self.shared.push(checked);
        }
        for RawObject { at: _, name, doc, page, fields, misread } in raw.objects {
            let is_misread = !misread.is_empty() || fields.iter().any(|field| !field.misread.is_empty());
            let before = diagnostics.count();
            if fields.is_empty() && misread.is_empty() {
                let message = format!("the type `{}` has no fields", name.value);
                diagnostics.report(Mistake::Empty, &name.at, message, "add `fields:` with at least one field");
            }
            check_name(&name, diagnostics);
            let described = format!("the type `{}`", name.value);
            let fields = fields.into_iter().map(|field| (Side::Member, field));
            let owner = Owner { name: &described, taken: &TAKEN, is_plain: false };
            let fields = check_all(fields, &owner, self, diagnostics);
            let page = page::check(page, diagnostics).unwrap_or_default();
            self.later.retain(|later| *later != name.value);
            let doc = text(doc);
            let is_broken = is_misread || diagnostics.count() > before;
            self.objects.push(Object { name: name.value, doc, page, fields, source: name.at, from_library, is_broken });
        }
    }
}

/// What is built on a type with problems is not judged: nobody knows its rules.
fn unless_broken<T>(is_broken: bool, found: T, named: &Located<String>, diagnostics: &mut Diagnostics) -> Option<T> {
    if is_broken {
        diagnostics.spoil(&named.at);
    }
    (!is_broken).then_some(found)
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
        name: CODES.to_owned(),
        doc: "A response code of the gateway, or of the provider behind it. Case and outer white space do not matter. That \
              of an error is `ResponseCode::from(refusal.code())`."
            .to_owned(),
        page: String::new(),
        compare: Compare::Upper,
        words: words.collect(),
        source: codes.first().map(|code| code.source.clone()).unwrap_or_default(),
        from_library: false,
        is_broken: false,
    }
}

/// A variant must be a name of Rust, not the one of the words to come, and the only one of its name.
pub(super) fn check_variant(
    variant: &str,
    at: &Position,
    of: &str,
    word: &Located<String>,
    variants: &mut BTreeMap<String, Located<String>>,
    diagnostics: &mut Diagnostics,
) {
    if !is_camel(variant) || variant == "Other" {
        let message = format!("`{variant}` cannot be the name of a variant of `{of}`");
        let help = "give it a `name:` in CamelCase, not `Other`";
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
    } else if let Some(earlier) = variants.insert(variant.to_owned(), word.clone()) {
        let message = format!("`{}` and `{}` both give the variant `{of}::{variant}`", word.value, earlier.value);
        let related = (&earlier.at, "the first");
        let help = "give one of them another `name:`";
        diagnostics.report_beside(Mistake::NameClash, &word.at, message, related, help);
    }
}

fn check_name(name: &Located<String>, diagnostics: &mut Diagnostics) {
    let Located { value: name, at } = name;
    if !is_camel(name) {
        let camel = camel(&snake(name));
        let help = if camel == *name { "give it another name".to_owned() } else { format!("write `{camel}`") };
        let message = format!("the type `{name}` needs a name in CamelCase");
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
    }
}

fn check(raw: RawEnum, diagnostics: &mut Diagnostics) -> Enum {
    check_name(&raw.name, diagnostics);
    let name = raw.name.value;
    if raw.values.is_empty() && raw.misread.is_empty() {
        let help = "add `values:` with at least one word";
        let message = format!("the type `{name}` has no words");
        diagnostics.report(Mistake::Empty, &raw.name.at, message, help);
    }
    let compare = if raw.loose.is_set() { Compare::Loose } else { Compare::Exact };
    let mut words: Vec<Word> = Vec::new();
    let mut spellings = BTreeMap::new();
    let mut variants = BTreeMap::new();
    for RawWord { word, name: variant, aliases, class, doc, .. } in raw.values {
        let (variant, variant_at) = match variant {
            Some(variant) => (variant.value, variant.at),
            None => (camel(&snake(&word.value)), word.at.clone()),
        };
        check_variant(&variant, &variant_at, &name, &word, &mut variants, diagnostics);
        for spelling in std::iter::once(&word).chain(&aliases) {
            let compared = compare.normalised(&spelling.value);
            if let Some((stands_for, earlier)) = spellings.insert(compared, (word.value.clone(), spelling.at.clone())) {
                let message = format!("`{}` already stands for `{stands_for}` of `{name}`", spelling.value);
                let related = (&earlier, "here");
                let help = "remove one of the two";
                diagnostics.report_beside(Mistake::RepeatedWord, &spelling.at, message, related, help);
            }
        }
        let of = format!(" of the word `{}`", word.value);
        let class = class.and_then(|class| choice(&class, "class", &of, &STATUS_CLASSES, diagnostics));
        words.push(Word {
            class: class.map(Class::Status),
            source: word.at,
            word: word.value,
            variant,
            aliases: aliases.into_iter().map(|alias| alias.value).collect(),
            doc: text(doc),
        });
    }
    let source = raw.name.at;
    let page = page::check(raw.page, diagnostics).unwrap_or_default();
    Enum { name, doc: text(raw.doc), page, compare, words, source, from_library: false, is_broken: false }
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
