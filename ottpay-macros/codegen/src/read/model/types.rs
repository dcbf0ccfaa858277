//! `types.yaml`, word for word.

use std::rc::Rc;

use super::RawField;
use crate::read::map_reader::{Map, entries};
use crate::read::shape::map;
use crate::read::yaml::Node;
use crate::read::{Flag, Located, MapShape};
use crate::word_sets;
use crate::{Diagnostics, Mistake, Position};

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
    pub unreadable: Vec<(String, Position)>,
}

impl RawTypes {
    /// The names that are declared, each with its file.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&Located<String>, &Rc<str>)> {
        let enums = self.enums.iter().map(|declared| (&declared.name, &declared.file));
        let objects = self.objects.iter().map(|object| (&object.name, &object.file));
        enums.chain(objects).chain(self.shared.iter().map(|shared| (&shared.wire, &shared.file)))
    }

    pub(in crate::read) fn read(root: Node, file: &Rc<str>, diagnostics: &mut Diagnostics) -> Self {
        let mut types = Self::default();
        for (name, node) in entries(root, "the file", file, diagnostics) {
            let has = |key, shape: &MapShape| {
                node.any_key(|written| written == key || shape.is_meant(written, key) && !IS.contains(&written))
            };
            if has("type", RawField::SHAPE) {
                types.shared.push(RawField::read(name, node, file, diagnostics));
            } else if has("fields", RawObject::SHAPE) {
                types.objects.push(RawObject::read(name, node, file, diagnostics));
            } else if !node.is_map() || has("values", RawEnum::SHAPE) {
                types.enums.push(RawEnum::read(name, node, file, diagnostics));
            } else {
                let message = format!("the type `{}` says neither what it has nor what it is", name.value);
                let help = "add `values:` for an enum, `fields:` for an object, or `type:` for a field type";
                diagnostics.report(Mistake::MissingKey, file, name.at, message, help);
                types.unreadable.push((name.value, name.at));
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
        class [word_sets::STATUS_CLASSES]: Option<Located<String>>,
    }
}
