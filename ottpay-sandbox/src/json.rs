//! Writes the JSON objects inside `data` with the same escapes as real clients and the gateway.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::variation::Variation;

/// The value of a member.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Member<'a> {
    Text(&'a str),
    /// A number, in its written form.
    Number(&'a str),
    Null,
}

/// Characters that are escaped although JSON does not require it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// No further characters.
    None,
    /// Characters that have a meaning in HTML, as the vendor's serialiser does.
    Html,
    /// Slashes and all non-ASCII characters, as public clients do.
    SlashesAndNonAscii,
}

/// Writes a JSON object with its members in the given order.
pub(crate) fn write_object<'a>(members: impl IntoIterator<Item = (&'a str, Member<'a>)>, escapes: Escapes) -> String {
    let mut out = String::from("{");
    for (name, value) in members {
        if out.len() > 1 {
            out.push(',');
        }
        write_string(name, escapes, &mut out);
        out.push(':');
        match value {
            Member::Text(text) => write_string(text, escapes, &mut out),
            Member::Number(number) => out.push_str(number),
            Member::Null => out.push_str("null"),
        }
    }
    out.push('}');
    out
}

/// Serializes a request's fields as public clients do; the gateway must be able to parse the result.
///
/// The members are unsorted, and slashes and non-ASCII characters are escaped. The order follows from names and values,
/// so that equal fields give the same string.
pub fn write_as_client(fields: &BTreeMap<String, String>) -> String {
    write_unsorted(fields, Escapes::SlashesAndNonAscii)
}

/// Writes the fields of a callback like the gateway: unsorted, with the escapes of its serialiser.
///
/// The order follows from names and values, so that equal fields give the same string.
pub fn write_as_gateway(fields: &BTreeMap<String, String>) -> String {
    write_unsorted(fields, Escapes::Html)
}

fn write_unsorted(fields: &BTreeMap<String, String>, escapes: Escapes) -> String {
    let mut members: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), Member::Text(value))).collect();
    let texts = fields.iter().flat_map(|(name, value)| [name.as_str(), value]);
    Variation::from_texts(texts).shuffle(&mut members);
    write_object(members, escapes)
}

fn write_string(text: &str, escapes: Escapes, out: &mut String) {
    // Serialising a string cannot fail.
    let plain = serde_json::to_string(text).unwrap_or_default();
    for character in plain.chars() {
        match (escapes, character) {
            (Escapes::Html, '<' | '>' | '&' | '=' | '\'') => write_code(u32::from(character), out),
            (Escapes::SlashesAndNonAscii, '/') => out.push_str("\\/"),
            (Escapes::SlashesAndNonAscii, character) if !character.is_ascii() => {
                character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write_code(u32::from(*unit), out));
            }
            _ => out.push(character),
        }
    }
}

/// Writes an escape of four hex digits.
fn write_code(code: u32, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{code:04x}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_by_every_parser() {
        let text = "a=b&c<d>'e' \"\\\n\u{1f} /\u{e9}\u{1f375}";
        for (escapes, written) in [
            (Escapes::Html, "a\\u003db\\u0026c\\u003cd\\u003e\\u0027e\\u0027 \\\"\\\\\\n\\u001f /\u{e9}\u{1f375}"),
            (Escapes::SlashesAndNonAscii, "a=b&c<d>'e' \\\"\\\\\\n\\u001f \\/\\u00e9\\ud83c\\udf75"),
        ] {
            let object =
                write_object([("k", Member::Text(text)), ("n", Member::Number("5.20")), ("z", Member::Null)], escapes);
            assert_eq!(object, format!("{{\"k\":\"{written}\",\"n\":5.20,\"z\":null}}"));
            let parsed: serde_json::Value = serde_json::from_str(&object).unwrap();
            assert_eq!((parsed["k"].as_str(), parsed["z"].is_null()), (Some(text), true));
        }
        assert_eq!(write_object([], Escapes::Html), "{}");
    }

    #[test]
    fn unsorted_fields_are_the_same_fields() {
        let fields: BTreeMap<String, String> =
            [("amount", "1999"), ("back", "https://shop.example/\u{e9}?a=1"), ("order_id", "T1")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        for (write, back) in [
            (
                write_as_client as fn(&BTreeMap<String, String>) -> String,
                r#""back":"https:\/\/shop.example\/\u00e9?a=1""#,
            ),
            (write_as_gateway, "\"back\":\"https://shop.example/\u{e9}?a\\u003d1\""),
        ] {
            let text: String = write(&fields);
            assert!(text.contains(back), "{text}");
            let places = fields.keys().map(|name| text.find(&format!("\"{name}\":")).unwrap());
            assert!(!places.is_sorted(), "{text}");
            assert_eq!(serde_json::from_str::<BTreeMap<String, String>>(&text).unwrap(), fields);
            assert_eq!(write(&fields), text);
        }
    }
}
