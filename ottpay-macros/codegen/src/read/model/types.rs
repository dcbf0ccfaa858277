//! `types.yaml`, word for word.

use std::rc::Rc;

use super::RawField;
use crate::read::shape::map;
use crate::read::table::{Map, entries};
use crate::read::yaml::Node;
use crate::read::{Flag, Located};
use crate::words;
use crate::{Diagnostics, Position};

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
            let (named, at) = (name.value.clone(), name.at);
            let is_read = if node.has("type") {
                keep(&mut types.shared, RawField::read(name, node, file, diagnostics))
            } else if node.has("fields") {
                keep(&mut types.objects, RawObject::read(name, node, file, diagnostics))
            } else {
                keep(&mut types.enums, RawEnum::read(name, node, file, diagnostics))
            };
            if !is_read {
                types.unreadable.push((named, at));
            }
        }
        types
    }
}

fn keep<T>(all: &mut Vec<T>, read: Option<T>) -> bool {
    let is_read = read.is_some();
    all.extend(read);
    is_read
}

map! {
    /// An object of `types.yaml`: a JSON object inside a field.
    pub struct RawObject("the type `{name}`", name) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// The vendor's page, as `host/path`.
        page: Option<Located<String>>,
        /// The members, by their names on the wire.
        fields: Vec<RawField>,
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
        values: Vec<RawWord>,
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
        class [words::STATUS_CLASSES]: Option<Located<String>>,
    }
}
