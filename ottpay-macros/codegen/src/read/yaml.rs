//! The only module that knows the YAML crate: text to a tree of nodes with places.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::budget::BudgetBreach;
use serde_yaml::{Error, Location, Spanned};

use super::document::without_empty_documents;
use super::located::Located;
use crate::diagnostic::{Diagnostics, Mistake, Position};

/// How deep maps and lists may be nested; the language needs seven levels.
const MAX_DEPTH: usize = 16;

/// A node of a YAML document.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) at: Position,
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

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Null => true,
            Content::List(items) => items.is_empty(),
            Content::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// What the node is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.content {
            Content::Text(_) => "text",
            Content::Bool(_) => "true or false",
            Content::Number(_) => "a number",
            Content::Null => "nothing",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}

/// Parses one document. Problems are reported, doubled keys each at its own place.
pub(super) fn parse(text: &str, file: &Arc<str>, diagnostics: &mut Diagnostics) -> Option<Node> {
    let options = serde_yaml::options! {
        // Every doubled key is reported at its own place, see `reject_doubled_keys`.
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        // `yes`, `no`, `on` and `off` are words like any other.
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_depth: MAX_DEPTH, max_aliases: 0, max_anchors: 0, max_merge_keys: 0 },
    };
    match serde_yaml::from_str_with_options::<Node>(&without_empty_documents(text), options) {
        Ok(mut root) => {
            set_file(&mut root, file);
            reject_doubled_keys(&root, diagnostics);
            Some(root)
        }
        Err(error) => {
            report_error(&error, text, file, diagnostics);
            None
        }
    }
}

/// Reports in our words what is not YAML, or more of it than the language has.
fn report_error(error: &Error, text: &str, file: &Arc<str>, diagnostics: &mut Diagnostics) {
    let at = error.location().map_or_else(|| Position::start(file.clone()), |location| position(&location, file));
    let mut report = |mistake, at: &Position, message: &str, help: &str| diagnostics.report(mistake, at, message, help);
    let feature = "the language does without anchors, aliases, tags and merge keys of YAML";
    match error.without_snippet() {
        Error::MultipleDocuments { .. } => {
            let help = "remove the line `---`, and give what follows a file of its own";
            report(Mistake::SeveralDocuments, &at, "a file holds one document, and here begins another", help);
        }
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            let message = format!("maps and lists are nested more than {MAX_DEPTH} deep");
            report(Mistake::TooDeep, &at, &message, "nothing in the language is: is a bracket not closed?");
        }
        Error::Budget {
            breach: BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::MergeKeys { .. },
            ..
        } => {
            let help = "write it out, or declare a type in types.yaml that fields share";
            report(Mistake::YamlFeature, &at, feature, help);
        }
        Error::Budget { breach: BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. }, .. } => {
            let help = "remove what is not needed: is this the right file?";
            report(Mistake::TooMany, &at, "the file has more entries than any specification needs", help);
        }
        Error::UnknownAnchor { .. } | Error::UnsupportedTag { .. } => {
            let help = "write it out; text that begins with `*` or `!` needs quotes";
            report(Mistake::YamlFeature, &at, feature, help);
        }
        error if error.to_string().contains("recursion limit") => {
            report(Mistake::TooDeep, &at, "maps and lists are nested too deep", "is a bracket not closed?");
        }
        Error::NullIntoString { .. } | Error::Unexpected { .. } => {
            report(Mistake::WrongForm, &at, "a key must be a name", "write it as `name: …`");
        }
        error => match find_tab(text, &at) {
            Some(tab) => report(Mistake::Tab, &tab, "the indentation contains a tab", "indent with spaces"),
            None => {
                let message = format!("not valid YAML: {}", strip_place(&error.to_string()));
                let help = "text with `: `, ` #`, or one of ``{}[],&*!|>%@`` or a backtick in front needs quotes; a key \
                            needs `: ` after it; brackets and quotes must be closed";
                report(Mistake::Syntax, &at, &message, help);
            }
        },
    }
}

/// The message of the library without the place, which is at its beginning or its end.
fn strip_place(message: &str) -> &str {
    let message = message.split_once(": ").filter(|(head, _)| head.contains("line")).map_or(message, |(_, rest)| rest);
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// The first tab in the indentation of the line at which the parser stopped, or of the one before.
fn find_tab(text: &str, at: &Position) -> Option<Position> {
    let tab = |line: u32| {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let indentation = text.lines().nth(index)?.chars().take_while(|character| character.is_whitespace());
        let column = indentation.zip(1..).find(|(character, _)| *character == '\t')?.1;
        Some(Position { file: at.file.clone(), line, column })
    };
    tab(at.line).or_else(|| tab(at.line.saturating_sub(1)))
}

/// Completes the places in a document; the parser knows no file.
fn set_file(node: &mut Node, file: &Arc<str>) {
    node.at.file = file.clone();
    match &mut node.content {
        Content::List(items) => items.iter_mut().for_each(|item| set_file(item, file)),
        Content::Map(entries) => {
            for (key, value) in entries {
                key.at.file = file.clone();
                set_file(value, file);
            }
        }
        _ => {}
    }
}

fn reject_doubled_keys(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.content {
        Content::List(items) => items.iter().for_each(|item| reject_doubled_keys(item, diagnostics)),
        Content::Map(entries) => {
            let mut first = BTreeMap::new();
            for (key, value) in entries {
                if let Some(earlier) = first.insert(&key.value, &key.at) {
                    let message = format!("the key `{}` appears twice", key.value);
                    let related = (earlier, "first here");
                    let help = "remove one of the two";
                    diagnostics.report_beside(Mistake::DoubledKey, &key.at, message, related, help);
                }
                reject_doubled_keys(value, diagnostics);
            }
        }
        _ => {}
    }
}

fn position(location: &Location, file: &Arc<str>) -> Position {
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).max(1);
    Position { file: file.clone(), line: number(location.line()), column: number(location.column()) }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { at: position(&spanned.referenced, &Arc::default()), content: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a list or a map")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let at = position(&key.referenced, &Arc::default());
            entries.push((Located { value: key.value, at }, map.next_value()?));
        }
        Ok(Content::Map(entries))
    }
}
