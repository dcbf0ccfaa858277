//! The shape of the language as data: maps, their keys, and the values of each. The reader follows it, and the JSON
//! Schema and the tables of the guide are generated from it.

use ottpay_vocabulary::find_nearest;

/// A map of the language.
#[derive(Debug)]
pub struct MapShape {
    /// Name of the raw struct.
    pub name: &'static str,
    /// A description of the map, in lines of Markdown.
    pub about: &'static str,
    /// The keys of the map.
    pub keys: &'static [KeyShape],
}

impl MapShape {
    /// Finds the key that an unknown one is probably meant to be: that key is misspelt, not missing.
    pub(super) fn find_meant(&self, written: &str) -> Option<&'static str> {
        let known = || self.keys.iter().map(|key| key.name);
        if known().any(|name| name == written) {
            return None;
        }
        // YAML reads `key:value` without a space as one string.
        let word = written.split(':').next().unwrap_or_default();
        known().find(|name| *name == word).or_else(|| find_nearest(word, known()))
    }

    /// Whether an unknown key is probably meant to be this one.
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
    /// Whether the key is required.
    pub required: bool,
    /// The key whose presence makes this required one optional.
    pub unless: Option<&'static str>,
    /// The accepted keywords, if they are a fixed set.
    pub words: Option<fn() -> Vec<&'static str>>,
    /// The kind of value.
    pub shape: Shape,
}

/// The kind of value that a key has.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number of at least 0.
    Number,
    /// A list of strings.
    Texts,
    /// A map with keys of the language.
    Map(&'static MapShape),
    /// A map from names to such maps.
    Maps(&'static MapShape),
    /// A list of maps of the first kind, or one map of the second.
    MapsInOrder(&'static MapShape, &'static MapShape),
    /// A map from field names to strings.
    Values,
    /// A map from names to maps of field values.
    NamedValues,
}

/// Joins lines of documentation into one.
pub(crate) fn in_one_line(doc: &str) -> String {
    doc.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
