//! A node of a YAML document, and how messages describe it.

use super::located::Located;
use crate::diagnostic::Position;

/// A node of a YAML document.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) at: Position,
    /// How a scalar of one line is spelled in the file, quotes included.
    pub(super) spelling: Option<String>,
}

/// The greatest number of entries of a map or list, beyond which it is cut: entries are compared with each other.
pub(super) const MAX_ENTRIES: usize = 1000;

#[derive(Debug)]
pub(crate) enum Content {
    Text(String),
    Bool(bool),
    Number(String),
    Null,
    List(Vec<Node>),
    Map(Vec<(Located<String>, Node)>),
}

/// Characters of a scalar that a message repeats; a longer one is only called text.
const MAX_REPEATED: usize = 40;

impl Node {
    /// Whether it is a map with a key of which this holds. Of a map that is too long only the entries within the limit
    /// are looked at, as when it is read.
    pub(crate) fn any_key(&self, holds: impl Fn(&str) -> bool) -> bool {
        let Content::Map(entries) = &self.content else { return false };
        entries.iter().take(MAX_ENTRIES).any(|(entry, _)| holds(&entry.value))
    }

    /// Whether it is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    /// Whether it has more entries than are read.
    pub(crate) fn is_cut(&self) -> bool {
        match &self.content {
            Content::List(items) => items.len() > MAX_ENTRIES,
            Content::Map(entries) => entries.len() > MAX_ENTRIES,
            _ => false,
        }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Null => true,
            Content::List(items) => items.is_empty(),
            Content::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// The spelling of a scalar, if it is short enough for a message.
    pub(super) fn short_spelling(&self) -> Option<&str> {
        self.spelling.as_deref().filter(|spelling| spelling.chars().count() <= MAX_REPEATED)
    }

    /// What the node is, for messages: "the number `2.5`".
    pub(crate) fn describe(&self) -> String {
        let spelling = self.short_spelling();
        match (&self.content, spelling) {
            (Content::Text(_), Some(spelling)) => format!("the string `{spelling}`"),
            (Content::Text(_), None) => "a string".to_owned(),
            (Content::Bool(value), _) => format!("`{value}`"),
            (Content::Number(_), Some(spelling)) => format!("the number `{spelling}`"),
            (Content::Number(_), None) => "a number".to_owned(),
            (Content::Null, Some(spelling)) => format!("`{spelling}`, which is null"),
            (Content::Null, None) => "nothing".to_owned(),
            (Content::List(_), _) => "a list".to_owned(),
            (Content::Map(_), _) => "a map".to_owned(),
        }
    }
}
