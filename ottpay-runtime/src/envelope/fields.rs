//! The fields of a message, by name.

use std::borrow::Cow;
use std::fmt;

use super::json::{self, JsonError, Value};
use crate::redaction::{HIDDEN, is_plain_name};

/// The fields of a message. [`open`](super::open) hands them out once decryption and digest hold; those of a plain
/// message or of a browser return come without any such proof, as their readers say.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// Sorted by name, no name twice.
    members: Vec<(String, Value)>,
}

impl Fields {
    pub(crate) fn parse_object(json: &str) -> Result<Self, JsonError> {
        Ok(Self { members: json::object(json)? })
    }

    /// From strings; nothing if a name is there twice.
    pub(crate) fn from_texts<N: Into<String>>(texts: impl IntoIterator<Item = (N, String)>) -> Option<Self> {
        let members = texts.into_iter().map(|(name, text)| (name.into(), Value::Text(text)));
        json::sorted(members.collect()).ok().map(|members| Self { members })
    }

    /// Sorted by name.
    pub(super) fn members(&self) -> &[(String, Value)] {
        &self.members
    }

    /// The value of a field, by its name on the wire.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// A field's value as text; nothing if it is absent or `null`.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name)?.as_text()
    }

    /// Every field, in the order of the digest.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// Shows names and kinds, never values, and no name that might be a value.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_map();
        for (name, value) in self.iter() {
            match is_plain_name(name) {
                true => out.entry(&name, value),
                false => out.entry(&HIDDEN, value),
            };
        }
        out.finish()
    }
}
