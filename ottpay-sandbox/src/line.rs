//! Makes strings of unknown length and content safe to print.

/// Fits a string on one line of at most `max` characters. Control characters and those that change the writing
/// direction become spaces; `…` marks the truncation.
pub(crate) fn fit(text: &str, max: usize) -> String {
    shorten(text.chars().map(|character| if is_layout(character) { ' ' } else { character }), max)
}

/// Quotes at most `max` characters of a value, and escapes characters that are not printable.
pub(crate) fn quote(value: &str, max: usize) -> String {
    format!("{:?}", shorten(value.chars(), max))
}

/// Escapes control characters except line breaks, and characters that change the writing direction, so that a terminal
/// cannot act on them.
pub(crate) fn escape_lines(text: &str) -> String {
    let is_kept = |character: char| character == '\n' || !is_layout(character);
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match is_kept(character) {
            true => escaped.push(character),
            false => escaped.extend(character.escape_debug()),
        }
    }
    escaped
}

/// Returns whether a character changes how others are laid out: a control character, a line or paragraph separator, or
/// a character that changes the writing direction.
fn is_layout(character: char) -> bool {
    // Marks of the direction; separators of lines and paragraphs, embeddings and overrides; isolates.
    let turns =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || character.is_control()
}

/// Shortens a string to `max` characters; `…` marks the truncation.
fn shorten(mut characters: impl Iterator<Item = char>, max: usize) -> String {
    let line: String = characters.by_ref().take(max).collect();
    match characters.next() {
        Some(_) => line.chars().take(max.saturating_sub(1)).chain(['…']).collect(),
        None => line,
    }
}

/// The maximum number of characters of an invalid string that a message repeats.
const MAX_REPEATED: usize = 40;

/// Escapes the beginning of an invalid string for a message about it.
pub(crate) fn escape(text: &str) -> String {
    text.chars().take(MAX_REPEATED).flat_map(char::escape_debug).collect()
}

/// The maximum length of a field name in a message, in bytes.
const MAX_NAME: usize = 40;

/// Returns a field name sent by a client if it looks like one, and only its length otherwise: it may be a misplaced
/// value.
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
        assert_eq!(fit("a\u{202e}b\u{2028}c\u{2066}", 10), "a b c ");
    }

    #[test]
    fn what_is_wrong_with_a_value_is_seen_in_quotation_marks() {
        assert_eq!(quote("a\"\n\u{202e}", 10), r#""a\"\n\u{202e}""#);
        assert_eq!((quote("100\n", 4), quote("1\0é12", 4)), (r#""100\n""#.to_owned(), r#""1\0é…""#.to_owned()));
    }

    #[test]
    fn lines_are_kept_and_nothing_else_that_a_terminal_acts_upon() {
        assert_eq!(escape_lines("a\n\u{1b}[31mé\t\u{202e}\\\"\u{9b}"), "a\n\\u{1b}[31mé\\t\\u{202e}\\\"\\u{9b}");
    }
}
