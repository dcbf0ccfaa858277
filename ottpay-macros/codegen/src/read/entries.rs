//! Parses strings, and the entries of maps and lists.

use std::collections::BTreeSet;

use super::located::Located;
use super::node::{Content, MAX_ENTRIES, Node};
use crate::diagnostic::{Diagnostics, Mistake, Position};

/// Reports and drops entries beyond the limit.
pub(super) fn limit_entries<T>(
    entries: &mut Vec<T>,
    at: impl Fn(&T) -> &Position,
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    if let Some(entry) = entries.get(MAX_ENTRIES) {
        let message = format!("{what} has more than {MAX_ENTRIES} entries");
        let help = "remove what is not needed: is this the right file?";
        diagnostics.report(Mistake::TooMany, at(entry), message, help);
        entries.truncate(MAX_ENTRIES);
    }
}

/// Returns the entries of a map of names; of duplicate names, only the first.
pub(super) fn parse_entries(node: Node, what: &str, diagnostics: &mut Diagnostics) -> Vec<(Located<String>, Node)> {
    let (found, at) = (node.describe(), node.at);
    match node.content {
        Content::Map(mut entries) => {
            limit_entries(&mut entries, |(key, _)| &key.at, what, diagnostics);
            let mut seen = BTreeSet::new();
            entries.into_iter().filter(|(key, _)| seen.insert(key.value.clone())).collect()
        }
        Content::Null => Vec::new(),
        _ => {
            let message = format!("{what} must be a map of names, found {found}");
            let help = "write it as `{ name: … }`, or with one name per line";
            diagnostics.report(Mistake::WrongForm, &at, message, help);
            Vec::new()
        }
    }
}

/// Returns a string; a number or boolean must be in quotes to be one.
pub(super) fn parse_text(node: Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Located<String>> {
    let found = node.describe();
    let spelling = node.short_spelling();
    let (mistake, help) = match (&node.content, spelling) {
        (Content::Text(value), _) => return Some(Located { value: value.clone(), at: node.at.clone() }),
        (Content::Number(_) | Content::Bool(_), Some(spelling)) => {
            (Mistake::NotText, format!("write it in quotes: `\"{spelling}\"`"))
        }
        (Content::Number(_) | Content::Bool(_), None) => (Mistake::NotText, "write it in quotes".to_owned()),
        (Content::Null, Some(spelling)) => {
            let help = format!("write `\"{spelling}\"` for that string, or remove the key");
            (Mistake::Empty, help)
        }
        (Content::Null, None) => (Mistake::Empty, "write a value, or remove the key".to_owned()),
        _ => (Mistake::WrongForm, "write a string, such as `text` or \"some text\"".to_owned()),
    };
    diagnostics.report(mistake, &node.at, format!("{what} must be a string, found {found}"), help);
    None
}
