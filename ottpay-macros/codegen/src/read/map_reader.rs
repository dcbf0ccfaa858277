//! Reads a map whose keys are known: each is taken once, and what is left over is an unknown key.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::yaml::{Content, Node};
use super::{KeyShape, Located, MapShape, Shape};
use crate::names::suggestion;
use crate::{Diagnostics, Mistake, Position};

/// A map of the language, made by `map!`.
pub(crate) trait Map: Sized {
    /// Its keys.
    const SHAPE: &'static MapShape;
    /// Whether maps of this kind stand under names; else they stand in a list.
    const IS_NAMED: bool;

    /// Reads it, whatever it is: of what is no map at all the name remains.
    fn read(name: Located<String>, node: Node, file: &Rc<str>, diagnostics: &mut Diagnostics) -> Self;
}

/// What stands under a key. An absent key gives the default.
pub(crate) trait Value: Default {
    /// For the schema.
    const SHAPE: Shape;

    /// Whether there is nothing in it.
    fn is_absent(&self) -> bool;

    /// Reads what is there.
    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self;
}

/// Something under a key.
pub(crate) struct Found<'a> {
    pub(crate) node: Node,
    /// Where the key stands.
    pub(crate) key: Position,
    /// "`aliases` of the field `tip`".
    pub(crate) what: String,
    pub(crate) file: &'a Rc<str>,
}

impl Found<'_> {
    fn wrong(&self, expected: &str, help: &str, diagnostics: &mut Diagnostics) {
        let message = format!("{} must be {expected}, found {}", self.what, self.node.kind());
        diagnostics.report(Mistake::WrongForm, self.file, self.node.at, message, help);
    }
}

/// A YAML map on its way into a raw struct.
pub(super) struct Table<'a> {
    file: &'a Rc<str>,
    /// What the map describes, for messages: "the field `amount`".
    what: String,
    at: Position,
    shape: &'static MapShape,
    entries: Vec<(Located<String>, Node)>,
    misread: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        node: Node,
        what: String,
        file: &'a Rc<str>,
        shape: &'static MapShape,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let at = node.at;
        let required = || {
            let keys = shape.keys.iter().filter(|key| key.required).map(|key| format!("`{}`", key.name));
            keys.collect::<Vec<_>>().join(", ")
        };
        let (entries, misread) = match node.content {
            Content::Map(mut entries) => {
                limit(&mut entries, |(key, _)| key.at, &what, file, diagnostics);
                (entries, Vec::new())
            }
            Content::Null => {
                let help = format!("it needs {}", required());
                diagnostics.report(Mistake::Empty, file, at, format!("{what} is empty"), help);
                (Vec::new(), vec![LOST])
            }
            _ => {
                let message = format!("{what} must be a map of keys, found {}", node.kind());
                let help = format!("write it as `{{ key: value, … }}`, or with a key a line; it needs {}", required());
                diagnostics.report(Mistake::WrongForm, file, at, message, help);
                (Vec::new(), vec![LOST])
            }
        };
        Self { file, what, at, shape, entries, misread }
    }

    pub(super) fn at(&self) -> Position {
        self.at
    }

    /// What stands under a key of the shape.
    pub(super) fn value<V: Value>(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> V {
        let Some(index) = self.entries.iter().position(|(entry, _)| entry.value == key) else {
            let is_meant = self.entries.iter().any(|(entry, _)| self.shape.is_meant(&entry.value, key));
            if is_meant {
                self.misread.push(key);
            }
            if let Some(shape) = self.shape.keys.iter().find(|shape| shape.name == key && shape.required)
                && !is_meant
                && !self.misread.contains(&LOST)
            {
                missing(shape, &self.what, self.file, self.at, diagnostics);
                self.misread.push(key);
            }
            return V::default();
        };
        let (name, node) = self.entries.remove(index);
        // A doubled key has been reported when the file was parsed.
        self.entries.retain(|(entry, _)| entry.value != name.value);
        let what = format!("`{}` of {}", name.value, self.what);
        let before = diagnostics.count();
        let value = V::read(Found { node, key: name.at, what, file: self.file }, diagnostics);
        if diagnostics.count() > before && value.is_absent() {
            self.misread.push(key);
        }
        value
    }

    /// Reports every key that nobody asked for. What comes back are the keys that could not be read.
    pub(super) fn finish(mut self, diagnostics: &mut Diagnostics) -> Vec<&'static str> {
        for (key, _) in self.entries {
            let known = || self.shape.keys.iter().map(|key| key.name);
            if !known().any(|known| self.shape.is_meant(&key.value, known)) {
                self.misread.push(LOST);
            }
            let message = format!("{} has no key `{}`", self.what, key.value);
            let help = match key.value.split_once(':') {
                Some((word, value)) => format!("write a blank behind the colon: `{word}: {value}`"),
                None => suggestion(&key.value, self.shape.keys.iter().map(|key| key.name)),
            };
            diagnostics.report(Mistake::UnknownKey, self.file, key.at, message, help);
        }
        self.misread
    }
}

/// Stands for what was meant by a key that nobody knows.
pub(crate) const LOST: &str = "";

/// Reports a key that must be there.
pub(super) fn missing(shape: &KeyShape, what: &str, file: &str, at: Position, diagnostics: &mut Diagnostics) {
    let key = shape.name;
    let help = match shape.words {
        Some(words) => {
            let words: Vec<_> = words().iter().map(|word| format!("`{key}: {word}`")).collect();
            format!("add {}", words.join(" or "))
        }
        None => format!("add `{key}: …`"),
    };
    diagnostics.report(Mistake::MissingKey, file, at, format!("{what} has no `{key}`"), help);
}

/// Text that may be absent.
impl Value for Option<Located<String>> {
    const SHAPE: Shape = Shape::Text;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self {
        text(found.node, &found.what, found.file, diagnostics)
    }
}

/// A key that is there or not: where, if it says `true`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(Option<Position>);

impl Flag {
    /// Whether it says `true`.
    pub fn is_set(self) -> bool {
        self.0.is_some()
    }

    /// Where its key stands, if it says `true`.
    pub fn at(self) -> Option<Position> {
        self.0
    }
}

impl Value for Flag {
    const SHAPE: Shape = Shape::Flag;

    fn is_absent(&self) -> bool {
        !self.is_set()
    }

    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self {
        match found.node.content {
            Content::Bool(value) => Self(value.then_some(found.key)),
            _ => {
                found.wrong("true or false", "write `true` without quotes, or leave the key out", diagnostics);
                Self::default()
            }
        }
    }
}

/// A whole number that may be absent.
impl Value for Option<Located<usize>> {
    const SHAPE: Shape = Shape::Number;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self {
        if let Content::Number(text) = &found.node.content
            && let Ok(value) = text.parse()
        {
            return Some(Located { value, at: found.node.at });
        }
        found.wrong("a whole number from 0 on", "write digits, without quotes", diagnostics);
        None
    }
}

/// A list of texts; absent is empty.
impl Value for Vec<Located<String>> {
    const SHAPE: Shape = Shape::Texts;

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self {
        let Content::List(mut items) = found.node.content else {
            found.wrong("a list", "write it as `[A, B]`", diagnostics);
            return Self::new();
        };
        if items.is_empty() {
            let message = format!("{} lists nothing", found.what);
            diagnostics.report(Mistake::Empty, found.file, found.node.at, message, "list something, or remove the key");
        }
        limit(&mut items, |node| node.at, &found.what, found.file, diagnostics);
        let what = format!("an entry of {}", found.what);
        items.into_iter().filter_map(|item| text(item, &what, found.file, diagnostics)).collect()
    }
}

/// A map that may be absent.
impl<M: Map> Value for Option<M> {
    const SHAPE: Shape = Shape::Map(M::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self {
        let name = Located { value: String::new(), at: found.node.at };
        Some(M::read(name, found.node, found.file, diagnostics))
    }
}

/// Maps under names, or in a list; absent is empty.
impl<M: Map> Value for Vec<M> {
    const SHAPE: Shape = if M::IS_NAMED { Shape::Maps(M::SHAPE) } else { Shape::List(M::SHAPE) };

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found<'_>, diagnostics: &mut Diagnostics) -> Self {
        let file = found.file;
        let read = |(name, node), diagnostics: &mut Diagnostics| M::read(name, node, file, diagnostics);
        let entries = match M::IS_NAMED {
            true => entries(found.node, &found.what, file, diagnostics),
            false => {
                let items = items(found, diagnostics).into_iter();
                items.map(|node| (Located { value: String::new(), at: node.at }, node)).collect()
            }
        };
        entries.into_iter().map(|entry| read(entry, diagnostics)).collect()
    }
}

/// The greatest number of entries of a map or list: entries are compared with each other.
const MAX_ENTRIES: usize = 1000;

/// Reports entries beyond the limit, and leaves them out.
fn limit<T>(entries: &mut Vec<T>, at: impl Fn(&T) -> Position, what: &str, file: &str, diagnostics: &mut Diagnostics) {
    if let Some(entry) = entries.get(MAX_ENTRIES) {
        let message = format!("{what} has more than {MAX_ENTRIES} entries");
        let help = "remove what is not needed: is this the right file?";
        diagnostics.report(Mistake::TooMany, file, at(entry), message, help);
        entries.truncate(MAX_ENTRIES);
    }
}

/// The items of a list.
pub(super) fn items(found: Found<'_>, diagnostics: &mut Diagnostics) -> Vec<Node> {
    match found.node.content {
        Content::List(mut items) => {
            limit(&mut items, |node| node.at, &found.what, found.file, diagnostics);
            items
        }
        _ => {
            found.wrong("a list", "write it as `[{ … }]`, or with a `- ` before each entry", diagnostics);
            Vec::new()
        }
    }
}

/// The entries of a map whose keys are names; of a doubled name the first.
pub(super) fn entries(
    node: Node,
    what: &str,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Located<String>, Node)> {
    let (at, kind) = (node.at, node.kind());
    match node.content {
        Content::Map(mut entries) => {
            limit(&mut entries, |(key, _)| key.at, what, file, diagnostics);
            let mut seen = BTreeSet::new();
            entries.into_iter().filter(|(key, _)| seen.insert(key.value.clone())).collect()
        }
        Content::Null => Vec::new(),
        _ => {
            let message = format!("{what} must be a map of names, found {kind}");
            let help = "write it as `{ name: … }`, or with a name a line";
            diagnostics.report(Mistake::WrongForm, file, at, message, help);
            Vec::new()
        }
    }
}

/// Text; a number or a truth value needs quotes to be one.
pub(super) fn text(node: Node, what: &str, file: &str, diagnostics: &mut Diagnostics) -> Option<Located<String>> {
    let kind = node.kind();
    let (mistake, help) = match node.content {
        Content::Text(value) => return Some(Located { value, at: node.at }),
        Content::Number(_) | Content::Bool(_) => (Mistake::NotText, "write it in quotes, as it stands"),
        Content::Null => (Mistake::Empty, "write something there, or leave the key out"),
        _ => (Mistake::WrongForm, "write text there, such as `text` or \"some text\""),
    };
    diagnostics.report(mistake, file, node.at, format!("{what} must be text, found {kind}"), help);
    None
}
