//! Objects as `serde_json` reads them, with duplicate members and numbers as they were written; and whether the
//! envelope has read the same.

use ottpay::envelope::{Fields, Value};
use serde_json::value::RawValue;

pub(crate) use crate::members::Members;

impl Members {
    /// The members of an object; `None` if the text is not one, or a string in it is not well-formed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let members: Self = serde_json::from_str(text).ok()?;
        let is_read = |value: &RawValue| serde_json::from_str::<serde_json::Value>(value.get()).is_ok();
        members.0.iter().all(|(_, value)| is_read(value)).then_some(members)
    }

    /// Whether a name appears twice.
    pub(crate) fn has_duplicate(&self) -> bool {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// A string without its escapes, a number as it was written.
pub(crate) fn scalar(value: &RawValue) -> Option<String> {
    match value.get().as_bytes() {
        [b'"', ..] => serde_json::from_str(value.get()).ok(),
        [b'-' | b'0'..=b'9', ..] => Some(value.get().to_owned()),
        _ => None,
    }
}

/// Asserts that the fields are the members, each with its value and form.
pub(crate) fn assert_same(fields: &Fields, Members(members): &Members) {
    assert_eq!(fields.len(), members.len(), "another number of fields");
    for (name, raw) in members {
        let value = fields.get(name).unwrap_or_else(|| panic!("{name:?} is missing"));
        let text = raw.get();
        let is_same = match value {
            Value::Text(read) => serde_json::from_str::<String>(text).is_ok_and(|expected| expected == read),
            Value::Number(read) => {
                read == text && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            }
            Value::Bool(read) => text == if read { "true" } else { "false" },
            Value::Null => text == "null",
            Value::Nested(nested) => {
                let parse = |text| serde_json::from_str::<serde_json::Value>(text).ok();
                // Numbers that no float holds are errors, in both.
                parse(nested.as_json()) == parse(text)
            }
            _ => panic!("a value of a kind that is not known here"),
        };
        assert!(is_same, "{name:?} is not {text}");
    }
}
