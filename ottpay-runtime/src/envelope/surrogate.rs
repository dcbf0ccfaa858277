//! Escapes of JSON strings. Some are half of a surrogate pair, such as `\ud83c`: a text that was split in the middle of
//! an emoji contains one, and Rust strings cannot represent it.

/// Returns the UTF-16 code unit of an escape `\uXXXX` at the beginning of `text`.
pub(super) fn escaped_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    // Checked here, because the parser would accept a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

/// Returns the character of an escape `\uXXXX`, or of a pair of them, at the beginning of `text`, and the length. The
/// character is `None` for half of a pair.
pub(super) fn escaped_character(text: &str) -> Option<(Option<char>, usize)> {
    let first = escaped_unit(text)?;
    // Of all code units, only halves of surrogate pairs are not characters by themselves.
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((Some(character), 6));
    }
    let pair = text.get(6..).and_then(escaped_unit).map(|second| char::decode_utf16([first, second]).next());
    Some(match pair {
        Some(Some(Ok(character))) => (Some(character), 12),
        _ => (None, 6),
    })
}

/// Returns the character of the escape at the beginning of `text`, and the length; `None` if it is not an escape of
/// JSON. The character is `None` for half of a pair.
pub(super) fn read_escape(text: &str) -> Option<(Option<char>, usize)> {
    let character = match text.as_bytes().get(1)? {
        plain @ (b'"' | b'\\' | b'/') => char::from(*plain),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return escaped_character(text),
    };
    Some((Some(character), 2))
}

/// Replaces each escape of half a surrogate pair in a JSON text with `stand_in`; `None` if it has none.
#[cfg(any(feature = "explain", test))]
pub(super) fn replace_halves(json: &str, stand_in: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = json;
    let mut found = false;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let (kept, length) = match escaped_character(escape) {
            Some((None, length)) => (None, length),
            Some((Some(_), length)) => (escape.get(..length), length),
            // Another escape, of two characters; the second may be a backslash.
            None => {
                let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
                (escape.get(..length), length)
            }
        };
        found |= kept.is_none();
        out.push_str(kept.unwrap_or(stand_in));
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_are_replaced() {
        for (json, replaced) in [
            (r#"{"a":"x\ud83c"}"#, Some(r#"{"a":"x?"}"#)),
            (r#"{"a":"\udf1f\ud83c\udf1f"}"#, Some(r#"{"a":"?\ud83c\udf1f"}"#)),
            (r#"{"a":"\ud83c\ud83c\udf1f"}"#, Some(r#"{"a":"?\ud83c\udf1f"}"#)),
            (r#"{"a":"\uD83C\n\\\ud83c\\"}"#, Some(r#"{"a":"?\n\\?\\"}"#)),
            (r#"{"a":"\ud83c\udf1f"}"#, None),
            // A backslash and text, not an escape.
            (r#"{"a":"\\ud83c"}"#, None),
            (r#"{"a":"\u+83c \ud8"}"#, None),
            ("\\", None),
            ("\\é\\ud", None),
        ] {
            assert_eq!(replace_halves(json, "?").as_deref(), replaced, "{json}");
        }
    }
}
