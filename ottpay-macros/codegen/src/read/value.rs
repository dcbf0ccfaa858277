//! What a key of the language may hold, and how it is read.

use super::entries::{limit_entries, parse_entries, parse_text};
use super::located::Located;
use super::map::Map;
use super::shape::Shape;
use super::yaml::{Content, Node};
use crate::diagnostic::{Diagnostics, Mistake, Position};

/// What a key may hold. An absent key gives the default.
pub(crate) trait Value: Default {
    /// For the schema.
    const SHAPE: Shape;

    /// Whether there is nothing in it.
    fn is_absent(&self) -> bool;

    /// Reads what is there.
    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self;
}

/// Something under a key.
pub(crate) struct Found {
    pub(crate) node: Node,
    /// Where the key is.
    pub(crate) key: Position,
    /// "`aliases` of the field `tip`".
    pub(crate) what: String,
}

impl Found {
    fn wrong(&self, expected: &str, help: &str, diagnostics: &mut Diagnostics) {
        let message = format!("{} must be {expected}, found {}", self.what, self.node.kind());
        diagnostics.report(Mistake::WrongForm, &self.node.at, message, help);
    }
}

/// Text that may be absent.
impl Value for Option<Located<String>> {
    const SHAPE: Shape = Shape::Text;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        parse_text(found.node, &found.what, diagnostics)
    }
}

/// A key that is `true` or absent; where it is, if it is `true`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flag(Option<Position>);

impl Flag {
    /// Whether it is `true`.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Where its key is, if it is `true`.
    pub fn at(&self) -> Option<&Position> {
        self.0.as_ref()
    }
}

impl Value for Flag {
    const SHAPE: Shape = Shape::Flag;

    fn is_absent(&self) -> bool {
        !self.is_set()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
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

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        if let Content::Number(text) = &found.node.content
            && let Ok(value) = text.parse()
        {
            return Some(Located { value, at: found.node.at });
        }
        found.wrong("a whole number from 0 on", "write digits, without quotes", diagnostics);
        None
    }
}

/// A list of strings; absent is empty.
impl Value for Vec<Located<String>> {
    const SHAPE: Shape = Shape::Texts;

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let Content::List(mut items) = found.node.content else {
            found.wrong("a list", "write it as `[A, B]`", diagnostics);
            return Self::new();
        };
        if items.is_empty() {
            let message = format!("{} lists nothing", found.what);
            diagnostics.report(Mistake::Empty, &found.node.at, message, "list something, or remove the key");
        }
        limit_entries(&mut items, |node| &node.at, &found.what, diagnostics);
        let what = format!("an entry of {}", found.what);
        items.into_iter().filter_map(|item| parse_text(item, &what, diagnostics)).collect()
    }
}

/// A map that may be absent.
impl<M: Map> Value for Option<M> {
    const SHAPE: Shape = Shape::Map(M::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let name = Located { value: String::new(), at: found.node.at.clone() };
        Some(M::read(name, found.node, diagnostics))
    }
}

/// Maps under names; absent is empty.
impl<M: Map> Value for Vec<M> {
    const SHAPE: Shape = Shape::Maps(M::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let entries = parse_entries(found.node, &found.what, diagnostics);
        entries.into_iter().map(|(name, node)| M::read(name, node, diagnostics)).collect()
    }
}
