//! Values that are stored as a string.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

/// Reads a string. Human-readable formats describe the actual value; in these, this crate's own error rejects other
/// types, because theirs would repeat the value.
pub(super) fn deserialize_text<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static str,
) -> Result<String, D::Error> {
    match deserializer.is_human_readable() {
        true => deserializer.deserialize_any(Text { expected }),
        false => deserializer.deserialize_string(Text { expected }),
    }
}

/// For generated code: writes an enum value.
pub fn serialize_word<S: Serializer>(word: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word)
}

/// For generated code: reads an enum value; any string is accepted, because the set is open.
pub fn deserialize_word<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(deserializer: D) -> Result<T, D::Error> {
    deserialize_text(deserializer, "an enum value").map(|word| T::from(&word))
}

/// Expects a string. The error does not repeat any other value, because it may be sensitive.
struct Text {
    expected: &'static str,
}

impl Text {
    fn refuse<E: Error>(&self, found: &str) -> Result<String, E> {
        Err(E::custom(format_args!("expected {} as a string, got {found}", self.expected)))
    }
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as a string", self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<String, E> {
        self.refuse("a boolean")
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<String, E> {
        self.refuse("a number")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<String, E> {
        self.refuse("a number")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<String, E> {
        self.refuse("a number")
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<String, E> {
        self.refuse("bytes")
    }
}
