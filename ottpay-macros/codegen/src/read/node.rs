//! A node of a YAML document, and its description in messages.

use super::located::Located;
use crate::diagnostic::Position;

/// A node of a YAML document.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) at: Position,
    /// The spelling of a scalar in the file, including quotes, if it is on one line.
    pub(super) spelling: Option<String>,
}

/// The largest number of entries of a map or list; more are dropped, because entries are compared with each other.
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

/// The longest scalar, in characters, that a message quotes.
const MAX_REPEATED: usize = 40;

impl Node {
    /// Whether it is a map with a key for which `holds` is true. Entries beyond the limit are ignored, as in reading.
    pub(crate) fn any_key(&self, holds: impl Fn(&str) -> bool) -> bool {
        let Content::Map(entries) = &self.content else { return false };
        entries.iter().take(MAX_ENTRIES).any(|(entry, _)| holds(&entry.value))
    }

    /// Whether it is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    /// Whether it has more entries than the limit.
    pub(crate) fn is_cut(&self) -> bool {
        match &self.content {
            Content::List(items) => items.len() > MAX_ENTRIES,
            Content::Map(entries) => entries.len() > MAX_ENTRIES,
            _ => false,
        }
    }

    /// Whether it is empty.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Null => true,
            Content::List(items) => items.is_empty(),
            Content::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// Returns the spelling of a scalar, if it is short enough for a message.
    pub(super) fn short_spelling(&self) -> Option<&str> {
        self.spelling.as_deref().filter(|spelling| spelling.chars().count() <= MAX_REPEATED)
    }

    /// Describes the node for messages: "the number `2.5`".
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
