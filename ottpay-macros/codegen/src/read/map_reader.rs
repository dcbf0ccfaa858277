//! Reads a map with known keys: each is removed when it is read, so any that remain are unknown.

use super::entries::limit_entries;
use super::located::Located;
use super::node::{Content, MAX_ENTRIES, Node};
use super::shape::{KeyShape, MapShape};
use super::value::{Found, Value};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{suggestion, suggestion_and};

/// A YAML map while it is read into a raw struct.
pub(super) struct MapReader {
    /// A description of the map for messages: "the field `amount`".
    what: String,
    at: Position,
    shape: &'static MapShape,
    entries: Vec<(Located<String>, Node)>,
    /// The known keys that unknown ones resemble.
    meant: Vec<&'static str>,
    misread: Vec<&'static str>,
}

impl MapReader {
    pub(super) fn new(node: Node, what: String, shape: &'static MapShape, diagnostics: &mut Diagnostics) -> Self {
        let at = node.at.clone();
        let required = || {
            let keys = shape.keys.iter().filter(|key| key.required).map(|key| format!("`{}`", key.name));
            keys.collect::<Vec<_>>().join(", ")
        };
        let found = node.describe();
        let (entries, misread) = match node.content {
            Content::Map(mut entries) => {
                // Any key may be among the entries that are dropped.
                let misread = if entries.len() > MAX_ENTRIES { vec![LOST] } else { Vec::new() };
                limit_entries(&mut entries, |(key, _)| &key.at, &what, diagnostics);
                (entries, misread)
            }
            Content::Null => {
                let help = format!("it needs {}", required());
                diagnostics.report(Mistake::Empty, &at, format!("{what} is empty"), help);
                (Vec::new(), vec![LOST])
            }
            _ => {
                let message = format!("{what} must be a map of keys, found {found}");
                let help =
                    format!("write it as `{{ key: value, … }}`, or with one key per line; it needs {}", required());
                diagnostics.report(Mistake::WrongForm, &at, message, help);
                (Vec::new(), vec![LOST])
            }
        };
        let meant = entries.iter().filter_map(|(entry, _)| shape.find_meant(&entry.value)).collect();
        Self { what, at, shape, entries, meant, misread }
    }

    pub(super) fn position(&self) -> &Position {
        &self.at
    }

    /// Reads the value of a key.
    pub(super) fn value<V: Value>(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> V {
        let Some(index) = self.entries.iter().position(|(entry, _)| entry.value == key) else {
            let is_meant = self.meant.contains(&key);
            if is_meant {
                self.misread.push(key);
            }
            let has = |key| self.entries.iter().any(|(entry, _)| entry.value == key) || self.meant.contains(&key);
            if let Some(shape) = self.shape.keys.iter().find(|shape| shape.name == key && shape.required)
                && !shape.unless.is_some_and(has)
                && !is_meant
                && !self.misread.contains(&LOST)
            {
                report_missing(shape, &self.what, &self.at, diagnostics);
                self.misread.push(key);
            }
            return V::default();
        };
        let (name, node) = self.entries.remove(index);
        // A duplicate key has been reported by the parser.
        self.entries.retain(|(entry, _)| entry.value != name.value);
        let what = format!("`{}` of {}", name.value, self.what);
        let before = diagnostics.count_problems();
        let is_cut = node.is_cut();
        let value = V::read(Found { node, key: name.at, what }, diagnostics);
        if diagnostics.count_problems() > before && (is_cut || value.is_absent()) {
            self.misread.push(key);
        }
        value
    }

    /// Reports every unknown key, and returns the keys that could not be read.
    pub(super) fn finish(mut self, diagnostics: &mut Diagnostics) -> Vec<&'static str> {
        for (key, node) in self.entries {
            if self.shape.find_meant(&key.value).is_none() {
                self.misread.push(LOST);
            }
            let message = format!("{} has no key `{}`", self.what, key.value);
            let help = match key.value.split_once(':') {
                Some((word, value)) => format!("write a space after the colon: `{word}: {value}`"),
                // `{ doc: One, two }` is a map with the key `two`.
                None if matches!(node.content, Content::Null) && self.shape.find_meant(&key.value).is_none() => {
                    let known = self.shape.keys.iter().map(|key| key.name);
                    suggestion_and(&key.value, known, "Inside braces, a string with a comma needs quotes")
                }
                None => suggestion(&key.value, self.shape.keys.iter().map(|key| key.name)),
            };
            diagnostics.report(Mistake::UnknownKey, &key.at, message, help);
        }
        self.misread
    }
}

/// Represents the key that an unknown one was meant to be.
pub(crate) const LOST: &str = "";

/// Reports a missing required key.
pub(super) fn report_missing(shape: &KeyShape, what: &str, at: &Position, diagnostics: &mut Diagnostics) {
    let key = shape.name;
    let help = match shape.words {
        Some(words) => {
            let words: Vec<_> = words().iter().map(|word| format!("`{key}: {word}`")).collect();
            format!("add {}", words.join(" or "))
        }
        None => format!("add `{key}: …`"),
    };
    diagnostics.report(Mistake::MissingKey, at, format!("{what} has no `{key}`"), help);
}
