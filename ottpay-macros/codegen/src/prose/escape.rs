//! Escapes characters with a meaning in Markdown, so that they appear as written.

/// Escapes one line of text.
pub(super) fn escape(text: &str) -> String {
    escape_start(&escape_text(None, text, ""))
}

/// Escapes part of a line, between the character before it and the text after it.
pub(super) fn escape_text(before: Option<char>, text: &str, after: &str) -> String {
    let mut out = String::new();
    let mut previous = before;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let mut following = characters.as_str().chars().chain(after.chars());
        escape_character(previous, character, [following.next(), following.next()], &mut out);
        previous = Some(character);
    }
    out
}

/// Escapes a character if it has a meaning, given the character before it and the two after it.
fn escape_character(previous: Option<char>, character: char, following: [Option<char>; 2], out: &mut String) {
    let [next, second] = following;
    let is_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    let has_meaning = match character {
        '\\' | '`' | '*' | '[' | ']' | '~' | '$' => true,
        // Between letters and digits, an underscore has no meaning.
        '_' => !(is_word(previous) && is_word(next)),
        // Only before these characters does it begin a tag or an address.
        '<' => next.is_some_and(|next| next.is_alphabetic() || "/!?".contains(next)),
        '&' => next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
        // rustdoc would convert these to dashes and an ellipsis.
        '-' => next == Some('-'),
        '.' => next == Some('.') && second == Some('.'),
        _ => false,
    };
    match character {
        // Parsers read an escaped bar differently inside and outside tables.
        '|' => out.push_str("&#124;"),
        _ => {
            if has_meaning {
                out.push('\\');
            }
            out.push(character);
        }
    }
}

/// Escapes characters that have a meaning only at the beginning of a line: heading, quotation, list, rule.
pub(super) fn escape_start(markdown: &str) -> String {
    let digits = markdown.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = markdown.split_at(digits);
    match rest.chars().next() {
        Some('.' | ')') if digits > 0 => format!("{number}\\{rest}"),
        Some('#' | '>' | '-' | '+') if digits == 0 => format!("\\{rest}"),
        _ => markdown.to_owned(),
    }
}
