//! Text of unknown length and content on one line.

/// A text on one line, with at most this many characters: control characters are spaces, and what is too long ends in `…`.
pub(crate) fn fit(text: &str, max: usize) -> String {
    let mut characters = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    let line: String = characters.by_ref().take(max).collect();
    match characters.next() {
        Some(_) => line.chars().take(max.saturating_sub(1)).chain(['…']).collect(),
        None => line,
    }
}

/// A value in quotation marks, with at most this many of its characters; characters that do not print are escaped.
pub(crate) fn quote(value: &str, max: usize) -> String {
    format!("{:?}", fit(value, max))
}

/// How many characters of a text are repeated in a message about it.
const MAX_REPEATED: usize = 40;

/// The beginning of a text that is wrong, to be repeated in a message: characters that do not print are escaped.
pub(crate) fn escape(text: &str) -> String {
    text.chars().take(MAX_REPEATED).flat_map(char::escape_debug).collect()
}

/// The longest name of a field that is shown, in bytes.
const MAX_NAME: usize = 40;

/// A field's name that a client made, unless it is not a plain one: it may be a value that was misplaced.
pub(crate) fn show_name(name: &str) -> String {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_plain = name.bytes().next().is_some_and(is_first)
        && name.bytes().all(|byte| is_first(byte) || byte.is_ascii_digit() || byte == b'-');
    if is_plain && name.len() <= MAX_NAME { name.to_owned() } else { format!("(a name of {} bytes)", name.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_on_one_line() {
        assert_eq!(fit("a\nb\r\u{1b}c", 10), "a b  c");
        assert_eq!((fit("abc", 3).as_str(), fit("abcd", 3).as_str()), ("abc", "ab…"));
        assert_eq!(fit(&"é".repeat(1000), 5), "éééé…");
        assert_eq!(escape(&format!("a\"\n{}", "b".repeat(40))), format!(r#"a\"\n{}"#, "b".repeat(37)));
        assert_eq!(quote("a\"\n\u{202e}", 10), r#""a\" \u{202e}""#);
    }
}
