//! A value of a message, read in place from its text.

use std::fmt;

use super::unescape::{Token, Tokens};

/// A value as it was received.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A string, without its escapes.
    Text(&'a str),
    /// A number exactly as it was written: `5.24740000` is unchanged.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A list or an object.
    Nested(Nested<'a>),
}

impl<'a> Value<'a> {
    /// Returns the value as a string: a string unchanged, a number as it was written, `true` or `false`, a list or
    /// object as compact JSON. `None` for `null`.
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Null => None,
            Self::Nested(nested) => Some(nested.json),
        }
    }
}

/// Shows the type and the length; never the value, which may be a secret.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
            Self::Number(text) => write!(f, "number of {} characters", text.len()),
            Self::Bool(_) => f.write_str("boolean"),
            Self::Null => f.write_str("null"),
            Self::Nested(nested) => nested.fmt(f),
        }
    }
}

/// A list or an object inside a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nested<'a> {
    /// Compact JSON, with members in the order received.
    json: &'a str,
}

impl<'a> Nested<'a> {
    /// `json` has to be compact JSON of a list or an object.
    pub(super) fn new(json: &'a str) -> Self {
        Self { json }
    }

    /// Compact JSON, with members in the order received.
    pub fn as_json(self) -> &'a str {
        self.json
    }
}

impl Nested<'_> {
    /// Counts the items of a list; `None` for an object.
    fn count_items(self) -> Option<usize> {
        let inner = self.json.strip_prefix('[')?;
        let (mut depth, mut commas) = (0_usize, 0);
        for (token, kind) in Tokens::new(inner) {
            match (token, kind) {
                ("[" | "{", Token::Other) => depth += 1,
                // The last bracket has lost its opening one above, so the depth is already zero there.
                ("]" | "}", Token::Other) => depth = depth.saturating_sub(1),
                (",", Token::Other) if depth == 0 => commas += 1,
                _ => {}
            }
        }
        Some(if inner == "]" { 0 } else { commas + 1 })
    }
}

/// Shows whether it is a list or an object, and the length of a list; never its content.
impl fmt::Debug for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count_items() {
            Some(count) => write!(f, "list of {count}"),
            None => f.write_str("object"),
        }
    }
}
