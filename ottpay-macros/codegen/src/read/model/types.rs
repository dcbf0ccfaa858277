//! `types.yaml`, word for word.

use ottpay_vocabulary::{StatusClass, WordSet as _};

use super::field::RawField;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::declaration::map;
use crate::read::entries::parse_entries;
use crate::read::located::Located;
use crate::read::map::Map;
use crate::read::shape::MapShape;
use crate::read::value::Flag;
use crate::read::yaml::Node;

/// What `types.yaml` declares.
#[derive(Debug, Clone, Default)]
pub struct RawTypes {
    /// Sets of words: entries with `values`.
    pub enums: Vec<RawEnum>,
    /// JSON objects: entries with `fields`.
    pub objects: Vec<RawObject>,
    /// Fields that several actions share: entries with `type`.
    pub shared: Vec<RawField>,
    /// Names of entries that cannot be read; that has been reported.
    pub unreadable: Vec<Located<String>>,
}

impl RawTypes {
    /// The names that are declared.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Located<String>> {
        let enums = self.enums.iter().map(|declared| &declared.name);
        let objects = self.objects.iter().map(|object| &object.name);
        enums.chain(objects).chain(self.shared.iter().map(|shared| &shared.wire))
    }

    pub(crate) fn read(root: Node, diagnostics: &mut Diagnostics) -> Self {
        let mut types = Self::default();
        for (name, node) in parse_entries(root, "the file", diagnostics) {
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
                let message = format!("the type `{}` says neither what it has nor what it is", name.value);
                let help = "add `values:` for an enum, `fields:` for an object, or `type:` for a field type";
                diagnostics.report(Mistake::MissingKey, &name.at, message, help);
                types.unreadable.push(name);
            }
        }
        types
    }
}

/// The keys that say what an entry is.
const IS: [&str; 3] = ["type", "fields", "values"];

map! {
    /// An object of `types.yaml`: a JSON object inside a field.
    pub struct RawObject("the type `{name}`", name) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// The vendor's page, as `host/path`.
        page: Option<Located<String>>,
        /// The members, by their names on the wire.
        fields (required): Vec<RawField>,
    }
}

map! {
    /// An enum of `types.yaml`: a set of words. It is open: a word that is not here is kept as `Other`.
    pub struct RawEnum("the type `{name}`", name) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// The vendor's page, as `host/path`.
        page: Option<Located<String>>,
        /// `true`: case, hyphens and blanks do not matter.
        loose: Flag,
        /// The words, as they stand on the wire.
        values (required): Vec<RawWord>,
    }
}

map! {
    /// A word of an enum, as it stands on the wire.
    pub struct RawWord("the word `{name}`", word) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// Name of its variant, where it does not follow from the word; in CamelCase.
        name: Option<Located<String>>,
        /// Other spellings.
        aliases: Vec<Located<String>>,
        /// What the word says of the money. Without it the word says nothing.
        class [StatusClass::WORDS]: Option<Located<String>>,
    }
}
