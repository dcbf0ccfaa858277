//! The fields of a message, by name.

use std::fmt;

use super::json::{self, Object, code_units};
use super::json_error::JsonError;
use super::span::{Form, Member, Span};
use super::value::Value;
use crate::redaction::{HIDDEN, is_plain_name};

/// The fields of a message. [`open`](super::open) returns them only if decryption and digest are valid. The fields of a
/// plain message or of a browser return are not verified; their readers document this.
#[derive(Clone, Default)]
pub struct Fields {
    /// All names and values, and the rest of the message.
    text: String,
    /// Sorted by name, without duplicates.
    members: Vec<Member>,
}

impl Fields {
    pub(crate) fn parse_object(json: &str) -> Result<Self, JsonError> {
        let object = json::read_object(json, None)?;
        Self::of_object(json.to_owned(), object)
    }

    /// Wraps the members of an object that was read from this text.
    pub(super) fn of_object(mut text: String, object: Object) -> Result<Self, JsonError> {
        text.push_str(&object.decoded);
        Self { text, members: object.members }.into_sorted().ok_or(JsonError::Duplicate)
    }

    /// Creates fields from strings; `None` if there is a duplicate name.
    pub(crate) fn from_texts<N: AsRef<str>>(texts: impl IntoIterator<Item = (N, String)>) -> Option<Self> {
        let mut fields = Self::default();
        for (name, value) in texts {
            let (name, value) = (fields.append(name.as_ref()), fields.append(&value));
            fields.members.push(Member { name, value, form: Form::Text });
        }
        fields.into_sorted()
    }

    fn append(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        Span { start, end: self.text.len() }
    }

    /// Sorts the fields in the order of the digest; `None` if there is a duplicate name.
    fn into_sorted(mut self) -> Option<Self> {
        let text = &self.text;
        // The gateway writes them in this order.
        if self.members.iter().map(|member| member.name.slice(text)).is_sorted_by(|a, b| code_units(a, b).is_lt()) {
            return Some(self);
        }
        self.members.sort_by(|a, b| code_units(a.name.slice(text), b.name.slice(text)));
        let is_same = |pair: &[Member]| matches!(pair, [a, b] if a.name.slice(text) == b.name.slice(text));
        if self.members.windows(2).any(is_same) { None } else { Some(self) }
    }

    /// Whether a value has this form.
    pub(super) fn has_form(&self, is_form: impl Fn(Form) -> bool) -> bool {
        self.members.iter().any(|member| is_form(member.form))
    }

    /// Returns the text from which the fields were read. The rest of the buffer was derived from it.
    pub(super) fn text_until(&self, end: usize) -> &str {
        self.text.get(..end).unwrap_or_default()
    }

    /// Returns the value of a field, by its name on the wire.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        // Compares the length first, because it differs for most names.
        let is_it = |Member { name: place, .. }: &&Member| {
            place.len() == name.len() && self.text.as_bytes().get(place.start..place.end) == Some(name.as_bytes())
        };
        self.members.iter().find(is_it).map(|member| member.value_in(&self.text))
    }

    /// Returns a field's value as a string; `None` if it is absent or `null`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// Iterates over the fields in the order of the digest.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Value<'_>)> {
        self.members.iter().map(|member| (member.name.slice(&self.text), member.value_in(&self.text)))
    }

    /// Iterates over the values in the order of the digest.
    pub(super) fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.members.iter().map(|member| member.value_in(&self.text))
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// Equal if the fields are equal, whatever else the messages contained.
impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Fields {}

/// Shows names and types but no values, and no name that might be part of a value.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_map();
        for (name, value) in self.iter() {
            match is_plain_name(name) {
                true => out.entry(&name, &value),
                false => out.entry(&HIDDEN, &value),
            };
        }
        out.finish()
    }
}
