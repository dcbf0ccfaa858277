//! A value of a message, read where it is in the text of the message.

use std::fmt;

use super::unescape::{Token, Tokens};

/// A value as it arrived.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A string, without its escapes.
    Text(&'a str),
    /// A number, exactly as written: `5.24740000` stays so.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A list or an object.
    Nested(Nested<'a>),
}

impl<'a> Value<'a> {
    /// The value as text: a string as it is, a number as written, `true` or `false`, a list or object as compact JSON.
    /// Nothing for `null`.
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

/// Says what kind of value it is and how long; never the value, which may be a secret.
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
    /// Compact, with its members in the order received.
    json: &'a str,
}

impl<'a> Nested<'a> {
    /// `json` has to be compact JSON of a list or an object.
    pub(super) fn new(json: &'a str) -> Self {
        Self { json }
    }

    /// Compact JSON, members in the order received.
    pub fn as_json(self) -> &'a str {
        self.json
    }
}

impl Nested<'_> {
    /// How many items a list has; nothing if it is an object.
    fn count_items(self) -> Option<usize> {
        let inner = self.json.strip_prefix('[')?;
        let (mut depth, mut commas) = (0_usize, 0);
        for (token, kind) in Tokens::new(inner) {
            match (token, kind) {
                ("[" | "{", Token::Other) => depth += 1,
                ("]" | "}", Token::Other) => depth = depth.saturating_sub(1),
                (",", Token::Other) if depth == 0 => commas += 1,
                _ => {}
            }
        }
        Some(if inner == "]" { 0 } else { commas + 1 })
    }
}

/// Says which of the two it is, and how long a list; never what is in it.
impl fmt::Debug for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count_items() {
            Some(count) => write!(f, "list of {count}"),
            None => f.write_str("object"),
        }
    }
}
