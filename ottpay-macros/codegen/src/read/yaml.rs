//! The only module that knows the YAML crate: text to a tree of nodes with places.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};

use super::Located;
use crate::{Diagnostics, Position};

/// A node of a YAML document.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) content: Content,
    pub(super) at: Position,
}

#[derive(Debug)]
pub(super) enum Content {
    Text(String),
    Bool(bool),
    Number(String),
    Null,
    List(Vec<Node>),
    Map(Vec<(Located<String>, Node)>),
}

impl Node {
    /// Whether it is a map with this key.
    pub(super) fn has(&self, key: &str) -> bool {
        matches!(&self.content, Content::Map(entries) if entries.iter().any(|(entry, _)| entry.value == key))
    }

    /// What the node is, for messages.
    pub(super) fn kind(&self) -> &'static str {
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
pub(super) fn parse(text: &str, file: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let options = serde_yaml::options! {
        // Every doubled key is reported at its own place, see `doubled_keys`.
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        // `yes`, `no`, `on` and `off` are words like any other.
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_depth: 16 },
    };
    match serde_yaml::from_str_with_options::<Node>(text, options) {
        Ok(root) => {
            doubled_keys(&root, file, diagnostics);
            Some(root)
        }
        Err(error) => {
            let at = error.location().map_or(Position::START, |location| position(&location));
            let message = error.without_snippet().to_string();
            // The library says the place in its text, before or behind; the diagnostic has it already.
            let message =
                message.split_once(": ").filter(|(head, _)| head.contains("line")).map_or(&*message, |(_, m)| m);
            let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
            // Words of the library's own interface mean nothing to the author of a file.
            let message = match message.split_once(" detected; use ") {
                Some((what, _)) => format!("{what}: a file holds one"),
                None => format!("not valid YAML: {message}"),
            };
            diagnostics.report(file, at, message);
            None
        }
    }
}

fn doubled_keys(node: &Node, file: &str, diagnostics: &mut Diagnostics) {
    match &node.content {
        Content::List(items) => items.iter().for_each(|item| doubled_keys(item, file, diagnostics)),
        Content::Map(entries) => {
            let mut first = BTreeMap::new();
            for (key, value) in entries {
                if let Some(line) = first.insert(&key.value, key.at.line) {
                    let message = format!("the key `{}` stands twice, before this in line {line}", key.value);
                    diagnostics.report_with_help(file, key.at, message, "remove one of the two");
                }
                doubled_keys(value, file, diagnostics);
            }
        }
        _ => {}
    }
}

fn position(location: &Location) -> Position {
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).max(1);
    Position { line: number(location.line()), column: number(location.column()) }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { at: position(&spanned.referenced), content: spanned.value })
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

    fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Content, E> {
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
            let at = position(&key.referenced);
            entries.push((Located { value: key.value, at }, map.next_value()?));
        }
        Ok(Content::Map(entries))
    }
}
