//! Reads a map whose keys are known: each is taken once, and what is left over is an unknown key.

use super::Located;
use super::yaml::{Content, Node};
use crate::names::suggestion;
use crate::{Diagnostics, Position};

/// A YAML map on its way into a raw struct.
pub(super) struct Table<'a> {
    file: &'a str,
    /// What the map describes, for messages: "the field `amount`".
    what: String,
    at: Position,
    entries: Vec<(Located<String>, Node)>,
    /// Keys that were asked for so far.
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(super) fn new(node: Node, what: String, file: &'a str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let at = node.at;
        match node.content {
            Content::Map(entries) => Some(Self { file, what, at, entries, known: Vec::new() }),
            Content::Null => {
                diagnostics.report(file, at, format!("{what} is empty"));
                None
            }
            _ => {
                diagnostics.report(file, at, format!("{what} must be a map of keys, found {}", node.kind()));
                None
            }
        }
    }

    pub(super) fn at(&self) -> Position {
        self.at
    }

    /// The node under a key that may be absent.
    pub(super) fn take(&mut self, key: &'static str) -> Option<(Position, Node)> {
        self.known.push(key);
        let index = self.entries.iter().position(|(entry, _)| entry.value == key)?;
        let (key, node) = self.entries.remove(index);
        // A doubled key has been reported when the file was parsed.
        self.entries.retain(|(entry, _)| entry.value != key.value);
        Some((key.at, node))
    }

    /// Text under a key that may be absent.
    pub(super) fn text(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Located<String>> {
        let (_, node) = self.take(key)?;
        let what = format!("`{key}` of {}", self.what);
        as_text(node, &what, self.file, diagnostics)
    }

    /// Text under a key that must be there.
    pub(super) fn required(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Located<String>> {
        if !self.entries.iter().any(|(entry, _)| entry.value == key) {
            self.known.push(key);
            let help = format!("add `{key}: …`");
            diagnostics.report_with_help(self.file, self.at, format!("{} has no `{key}`", self.what), help);
            return None;
        }
        self.text(key, diagnostics)
    }

    /// `true` or `false` under a key; absent is false.
    pub(super) fn flag(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> bool {
        let Some((_, node)) = self.take(key) else { return false };
        match node.content {
            Content::Bool(value) => value,
            _ => {
                let message = format!("`{key}` of {} must be true or false, found {}", self.what, node.kind());
                diagnostics.report(self.file, node.at, message);
                false
            }
        }
    }

    /// A whole number under a key that may be absent.
    pub(super) fn number(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Located<usize>> {
        let (_, node) = self.take(key)?;
        if let Content::Number(text) = &node.content
            && let Ok(value) = text.parse()
        {
            return Some(Located { value, at: node.at });
        }
        let message = format!("`{key}` of {} must be a whole number from 0 on, found {}", self.what, node.kind());
        diagnostics.report(self.file, node.at, message);
        None
    }

    /// A list of texts under a key; absent is empty.
    pub(super) fn texts(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Vec<Located<String>> {
        let Some((_, node)) = self.take(key) else { return Vec::new() };
        let what = format!("an entry of `{key}` of {}", self.what);
        match node.content {
            Content::List(items) => {
                items.into_iter().filter_map(|item| as_text(item, &what, self.file, diagnostics)).collect()
            }
            _ => {
                let message = format!("`{key}` of {} must be a list, found {}", self.what, node.kind());
                diagnostics.report_with_help(self.file, node.at, message, "write it as `[A, B]`");
                Vec::new()
            }
        }
    }

    /// The entries of a map under a key; absent is empty.
    pub(super) fn map(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Vec<(Located<String>, Node)> {
        match self.take(key) {
            Some((_, node)) => entries(node, &format!("`{key}` of {}", self.what), self.file, diagnostics),
            None => Vec::new(),
        }
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, diagnostics: &mut Diagnostics) {
        for (key, _) in self.entries {
            let message = format!("{} has no key `{}`", self.what, key.value);
            let help = suggestion(&key.value, self.known.iter().copied());
            diagnostics.report_with_help(self.file, key.at, message, help);
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
        Content::Map(entries) => {
            let mut seen = std::collections::BTreeSet::new();
            entries.into_iter().filter(|(key, _)| seen.insert(key.value.clone())).collect()
        }
        Content::Null => Vec::new(),
        _ => {
            diagnostics.report(file, at, format!("{what} must be a map of names, found {kind}"));
            Vec::new()
        }
    }
}

pub(super) fn as_text(node: Node, what: &str, file: &str, diagnostics: &mut Diagnostics) -> Option<Located<String>> {
    let kind = node.kind();
    match node.content {
        Content::Text(value) => return Some(Located { value, at: node.at }),
        Content::Number(_) | Content::Bool(_) => {
            let message = format!("{what} must be text, found {kind}");
            diagnostics.report_with_help(file, node.at, message, "write it in quotes, such as \"1.0\"");
        }
        _ => diagnostics.report(file, node.at, format!("{what} must be text, found {kind}")),
    }
    None
}
