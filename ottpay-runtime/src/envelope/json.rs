//! JSON objects whose numbers keep the form in which they were written.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// How deep a value inside an object may be nested. The documented messages need one level.
const MAX_DEPTH: usize = 16;

/// How many members an object may have. The longest documented message has about twenty.
pub(super) const MAX_MEMBERS: usize = 500;

/// A value as it arrived.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// A string, without its escapes.
    Text(String),
    /// A number, exactly as written: `5.24740000` stays so.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A list or an object, as compact JSON with its members in the order received.
    Nested(Nested),
}

impl Value {
    /// The value as text: a string as it is, a number as written, `true` or `false`, a list or object as compact JSON.
    /// Nothing for `null`.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(Cow::Borrowed(text)),
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Null => None,
            Self::Nested(nested) => Some(Cow::Owned(nested.to_json())),
        }
    }
}

/// Says what kind of value it is and how long; never the value, which may be a secret.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
            Self::Number(text) => write!(f, "number of {} characters", text.len()),
            Self::Bool(_) => f.write_str("boolean"),
            Self::Null => f.write_str("null"),
            Self::Nested(Nested(Tree::List(items))) => write!(f, "list of {}", items.len()),
            Self::Nested(_) => f.write_str("object"),
        }
    }
}

/// A list or an object inside a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Nested(Tree);

/// What a list or an object contains.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Tree {
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Nested {
    /// Compact JSON, members in the order received.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match &self.0 {
            Tree::List(items) => write_joined(out, "[", ",", "]", items, Value::write_json),
            Tree::Object(members) => write_joined(out, "{", ",", "}", members, |(name, value), out| {
                write_string(name, out);
                out.push(':');
                value.write_json(out);
            }),
        }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.0
    }
}

impl Value {
    fn write_json(&self, out: &mut String) {
        match self {
            Self::Text(text) => write_string(text, out),
            Self::Number(text) => out.push_str(text),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Null => out.push_str("null"),
            Self::Nested(nested) => nested.write_json(out),
        }
    }
}

/// A JSON object of strings, members in this order.
pub(crate) fn write_object<'a>(texts: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>) -> String {
    let mut out = String::new();
    for (name, text) in texts {
        out.push(if out.is_empty() { '{' } else { ',' });
        write_string(name, &mut out);
        out.push(':');
        write_string(&text, &mut out);
    }
    if out.is_empty() {
        out.push('{');
    }
    out.push('}');
    out
}

/// Writes items between `start` and `end`, with `between` after each but the last.
pub(super) fn write_joined<T>(
    out: &mut String,
    start: &str,
    between: &str,
    end: &str,
    items: &[T],
    mut write: impl FnMut(&T, &mut String),
) {
    out.push_str(start);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write(item, out);
    }
    out.push_str(end);
}

/// Appends `text` as a JSON string.
pub(super) fn write_string(text: &str, out: &mut String) {
    struct Text<'a>(&'a mut String);
    impl std::io::Write for Text<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let text = std::str::from_utf8(bytes).map_err(std::io::Error::other)?;
            self.0.push_str(text);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    // serde_json writes whole characters, and a String takes all of them: this cannot fail.
    let _ = serde_json::to_writer(Text(out), text);
}

/// Why a text is not a usable JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonError {
    NotJson,
    NotObject,
    TooDeep,
    TooMany,
    Duplicate,
}

/// The members of a JSON object, sorted by the code units of their names.
pub(super) fn object(text: &str) -> Result<Vec<(String, Value)>, JsonError> {
    sorted(object_as_written(text)?)
}

/// The members of a JSON object in the order received, duplicates included.
pub(super) fn object_as_written(text: &str) -> Result<Vec<(String, Value)>, JsonError> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let raw = match serde_json::from_str(text) {
        Ok(members) => Members::few(members)?,
        Err(_) if text.starts_with('{') => return Err(JsonError::NotJson),
        // Telling a list or a number from rubbish makes the message more helpful.
        Err(_) if serde_json::from_str::<&RawValue>(text).is_ok() => return Err(JsonError::NotObject),
        Err(_) => return Err(JsonError::NotJson),
    };
    raw.into_iter().map(|(name, value)| Ok((name, value_of(value, MAX_DEPTH)?))).collect()
}

/// Members in the order of the digest, no name twice.
pub(super) fn sorted(mut members: Vec<(String, Value)>) -> Result<Vec<(String, Value)>, JsonError> {
    members.sort_by(|(a, _), (b, _)| code_units(a, b));
    if members.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b)) {
        return Err(JsonError::Duplicate);
    }
    Ok(members)
}

/// Compares names the way the gateway sorts them: by UTF-16 code units, never by a locale.
pub(super) fn code_units(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// Whether the text is a number as JSON writes it.
pub(super) fn is_number(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte == b'-' || byte.is_ascii_digit()) && serde_json::from_str::<&RawValue>(text).is_ok()
}

fn value_of(raw: &RawValue, depth: usize) -> Result<Value, JsonError> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(text).map_err(|_| JsonError::NotJson)?),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        Some(b'[') => {
            let depth = depth.checked_sub(1).ok_or(JsonError::TooDeep)?;
            let Items(items) = serde_json::from_str(text).map_err(|_| JsonError::NotJson)?;
            let items = items.into_iter().map(|item| value_of(item, depth));
            Value::Nested(Nested(Tree::List(items.collect::<Result<_, _>>()?)))
        }
        Some(b'{') => {
            let depth = depth.checked_sub(1).ok_or(JsonError::TooDeep)?;
            let members = Members::few(serde_json::from_str(text).map_err(|_| JsonError::NotJson)?)?;
            let members = members.into_iter().map(|(name, value)| Ok((name, value_of(value, depth)?)));
            Value::Nested(Nested(Tree::Object(members.collect::<Result<_, _>>()?)))
        }
        _ => Value::Number(text.to_owned()),
    })
}

/// The members of an object, at most one more than an object may have.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    fn few(Self(members): Self) -> Result<Vec<(String, &'a RawValue)>, JsonError> {
        if members.len() > MAX_MEMBERS { Err(JsonError::TooMany) } else { Ok(members) }
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while members.len() <= MAX_MEMBERS
                    && let Some(name) = map.next_key()?
                {
                    members.push((name, map.next_value::<&RawValue>().map_err(A::Error::custom)?));
                }
                // What is too much is looked at, but not kept.
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'de> Visitor<'de> for ItemsVisitor {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element::<&RawValue>()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_form_in_which_they_were_written() {
        let members = object(r#"{"b":5.24740000,"a":1E2,"c":-0}"#).unwrap();
        let texts: Vec<_> = members.iter().map(|(_, value)| value.as_text().unwrap().into_owned()).collect();
        assert_eq!(texts, ["1E2", "5.24740000", "-0"]);
    }

    #[test]
    fn names_sort_by_code_units() {
        let members =
            object(r#"{"tip":1,"order_id":1,"orderId":1,"Tip":1,"1":1,"\uff5e":1,"\ud83d\ude00":1}"#).unwrap();
        let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
        // U+1F600 is a surrogate pair, which sorts before U+FF5E by code units and after it by code points.
        assert_eq!(names, ["1", "Tip", "orderId", "order_id", "tip", "\u{1f600}", "\u{ff5e}"]);
    }

    #[test]
    fn what_is_not_an_object_is_told_from_what_is_not_json() {
        for text in ["[1]", "1", "\"x\"", "null"] {
            assert_eq!(object(text), Err(JsonError::NotObject), "{text}");
        }
        for text in ["", "{", "{\"a\"}", "<html>", "{\"a\":1}x", "{\"a\":\"\\ud800\"}"] {
            assert_eq!(object(text), Err(JsonError::NotJson), "{text}");
        }
    }

    #[test]
    fn a_duplicate_member_is_rejected() {
        assert_eq!(object(r#"{"a":"1","b":"2","a":"1"}"#), Err(JsonError::Duplicate));
    }

    #[test]
    fn deep_nesting_ends_in_an_error_and_not_in_the_stack() {
        for depth in [MAX_DEPTH + 1, 200_000] {
            let text = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(object(&text), Err(JsonError::TooDeep));
        }
        let text = format!("{{\"a\":{}{}}}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(object(&text).is_ok());
    }

    #[test]
    fn debug_shows_no_value() {
        let members = object(r#"{"cvn2":"987","n":12345,"l":["secret"],"o":{"k":"secret"}}"#).unwrap();
        let shown = format!("{members:?}");
        for secret in ["987", "12345", "secret"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
