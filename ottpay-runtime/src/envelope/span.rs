//! Names and values as positions in the text of a message.

use super::value::{Nested, Value};

/// A part of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }

    /// Returns this part of a text; empty if the text has no such position.
    pub(super) fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Number,
    Bool,
    Null,
    /// A list or an object, as compact JSON.
    Nested,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) name: Span,
    pub(super) value: Span,
    pub(super) form: Form,
}

impl Member {
    /// Returns the value from the text that contains the member.
    pub(super) fn value_in(self, text: &str) -> Value<'_> {
        let value = self.value.slice(text);
        match self.form {
            Form::Text => Value::Text(value),
            Form::Number => Value::Number(value),
            Form::Bool => Value::Bool(value == "true"),
            Form::Null => Value::Null,
            Form::Nested => Value::Nested(Nested::new(value)),
        }
    }
}
