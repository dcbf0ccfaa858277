//! The shape of the language, as data: maps, their keys, and what may be under each. The reader goes by it, and the JSON
//! Schema and the tables of the guide are made of it.

use ottpay_vocabulary::nearest;

/// A map of the language.
#[derive(Debug)]
pub struct MapShape {
    /// Name of the raw struct.
    pub name: &'static str,
    /// What the map describes, in lines of Markdown.
    pub about: &'static str,
    /// Its keys.
    pub keys: &'static [KeyShape],
}

impl MapShape {
    /// The key that an unknown one was probably meant to be: then it is not missing, but misspelled.
    pub(super) fn find_meant(&self, written: &str) -> Option<&'static str> {
        let known = || self.keys.iter().map(|key| key.name);
        if known().any(|name| name == written) {
            return None;
        }
        // `key:value` without a space is one word.
        let word = written.split(':').next().unwrap_or_default();
        known().find(|name| *name == word).or_else(|| nearest(word, known()))
    }

    /// Whether an unknown key was meant to be this one.
    pub(super) fn is_meant(&self, written: &str, key: &str) -> bool {
        self.find_meant(written) == Some(key)
    }
}

/// A key of a map.
#[derive(Debug)]
pub struct KeyShape {
    /// The key.
    pub name: &'static str,
    /// Its explanation, in lines of Markdown.
    pub doc: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// The key that makes a required one unnecessary.
    pub unless: Option<&'static str>,
    /// The words that it may hold; nothing if they are not a fixed set.
    pub words: Option<fn() -> Vec<&'static str>>,
    /// What it holds.
    pub shape: Shape,
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0 on.
    Number,
    /// A list of strings.
    Texts,
    /// A map with keys of the language.
    Map(&'static MapShape),
    /// A map from names to such maps.
    Maps(&'static MapShape),
    /// A list of maps of the first kind, or one map of the second.
    MapsInOrder(&'static MapShape, &'static MapShape),
    /// A map from names of fields to strings.
    Values,
    /// A map from names to those.
    NamedValues,
}

/// Lines of documentation as one line.
pub(crate) fn in_one_line(doc: &str) -> String {
    doc.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
