//! The raw `types.yaml`.

use ottpay_vocabulary::{StatusClass, WordSet as _, find_nearest};

use super::field::RawField;
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::read::declaration::map;
use crate::read::entries::{parse_entries, parse_text};
use crate::read::located::Located;
use crate::read::map::Map;
use crate::read::node::Node;
use crate::read::shape::MapShape;
use crate::read::value::Flag;

/// The declarations of `types.yaml`.
#[derive(Debug, Clone, Default)]
pub struct RawTypes {
    /// Enums: entries with `values`.
    pub enums: Vec<RawEnum>,
    /// JSON objects: entries with `fields`.
    pub objects: Vec<RawObject>,
    /// Fields that several actions share: entries with `type`.
    pub shared: Vec<RawField>,
    /// Pages with a name: the entry `pages`.
    pub pages: RawPages,
    /// Names of entries that could not be read, which has been reported.
    pub unreadable: Vec<Located<String>>,
}

/// The vendor's pages that `types.yaml` names.
#[derive(Debug, Clone, Default)]
pub struct RawPages {
    /// The position of `pages`, if the file has it.
    pub at: Option<Position>,
    /// Each name and its page; `None` if the page is not a string, which has been reported.
    pub named: Vec<(Located<String>, Option<Located<String>>)>,
    /// Whether `pages` could not be read, which has been reported.
    pub is_misread: bool,
}

/// The only entry of `types.yaml` that is not a type.
pub(crate) const PAGES: &str = "pages";

impl RawPages {
    fn read(at: Position, node: Node, diagnostics: &mut Diagnostics) -> Self {
        let is_misread = !node.is_map();
        if node.is_empty() {
            let help = "add `NAME: host/path`, or remove `pages`";
            diagnostics.report(Mistake::Empty, &at, "`pages` is empty", help);
        }
        let entries = parse_entries(node, "`pages`", diagnostics).into_iter();
        let named = entries.map(|(name, node)| {
            let what = format!("the page `{}`", name.value);
            (name, parse_text(node, &what, diagnostics))
        });
        Self { named: named.collect(), at: Some(at), is_misread }
    }
}

impl RawTypes {
    /// Returns the declared names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Located<String>> {
        let enums = self.enums.iter().map(|declared| &declared.name);
        let objects = self.objects.iter().map(|object| &object.name);
        enums.chain(objects).chain(self.shared.iter().map(|shared| &shared.wire))
    }

    pub(crate) fn read(root: Node, diagnostics: &mut Diagnostics) -> Self {
        let mut types = Self::default();
        for (name, node) in parse_entries(root, "the file", diagnostics) {
            if name.value == PAGES {
                types.pages = RawPages::read(name.at, node, diagnostics);
                continue;
            }
            // A key that determines one kind of entry is not taken for a misspelling of the key of another kind.
            let has = |key, shape: &MapShape| {
                node.any_key(|written| written == key || shape.is_meant(written, key) && !IS.contains(&written))
            };
            if has("type", RawField::SHAPE) {
                types.shared.push(RawField::read(name, node, diagnostics));
            } else if has("fields", RawObject::SHAPE) {
                types.objects.push(RawObject::read(name, node, diagnostics));
            } else if !node.is_map() || has("values", RawEnum::SHAPE) {
                types.enums.push(RawEnum::read(name, node, diagnostics));
            } else {
                let message = format!("the type `{}` has neither `values`, `fields` nor `type`", name.value);
                let is_pages = find_nearest(&name.value, [PAGES]).is_some();
                let help = match is_pages {
                    true => "did you mean `pages`?",
                    false => "add `values:` for an enum, `fields:` for an object, or `type:` for a field type",
                };
                diagnostics.report(Mistake::MissingKey, &name.at, message, help);
                types.pages.is_misread |= is_pages;
                types.unreadable.push(name);
            }
        }
        types
    }
}

/// The keys that determine the kind of an entry.
const IS: [&str; 3] = ["type", "fields", "values"];

map! {
    /// An object of `types.yaml`: a JSON object inside a field.
    pub struct RawObject("the type `{name}`", name) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// The vendor's page, as `host/path` or by its name in `pages`.
        page: Option<Located<String>>,
        /// The members, by their names on the wire.
        fields (required): Vec<RawField>,
    }
}

map! {
    /// An enum of `types.yaml`: a set of values. It is open: an unlisted value is kept as `Other`.
    pub struct RawEnum("the type `{name}`", name) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// The vendor's page, as `host/path` or by its name in `pages`.
        page: Option<Located<String>>,
        /// `true`: case, hyphens and spaces do not matter.
        loose: Flag,
        /// The values, as they appear on the wire.
        values (required): Vec<RawWord>,
    }
}

map! {
    /// A value of an enum, as it appears on the wire.
    pub struct RawWord("the value `{name}`", word) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// Name of its variant in CamelCase, if it cannot be derived from the value.
        name: Option<Located<String>>,
        /// Other spellings.
        aliases: Vec<Located<String>>,
        /// What the value means for the money. Without it, the value has no meaning for the money.
        class [StatusClass::WORDS]: Option<Located<String>>,
    }
}
