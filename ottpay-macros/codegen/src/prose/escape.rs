//! Characters that have a meaning in Markdown, so that they appear as they are.

/// One line of any text as Markdown that shows it as it is.
pub(super) fn escape(text: &str) -> String {
    escape_start(&escape_text(None, text, ""))
}

/// A part of a line, between the character before it and the text after it.
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

/// A character without a meaning in Markdown, with the two after it.
fn escape_character(previous: Option<char>, character: char, following: [Option<char>; 2], out: &mut String) {
    let [next, second] = following;
    let is_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    let has_meaning = match character {
        '\\' | '`' | '*' | '[' | ']' | '~' | '$' => true,
        '_' => !(is_word(previous) && is_word(next)),
        '<' => next.is_some_and(|next| next.is_alphabetic() || "/!?".contains(next)),
        '&' => next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
        // rustdoc would make dashes and an ellipsis of them.
        '-' => next == Some('-'),
        '.' => next == Some('.') && second == Some('.'),
        _ => false,
    };
    match character {
        // A backslash would not be read alike in a table and outside.
        '|' => out.push_str("&#124;"),
        _ => {
            if has_meaning {
                out.push('\\');
            }
            out.push(character);
        }
    }
}

/// Escapes what has a meaning at the start of a line only: a heading, a quotation, a list, a rule.
pub(super) fn escape_start(markdown: &str) -> String {
    let digits = markdown.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = markdown.split_at(digits);
    match rest.chars().next() {
        Some('.' | ')') if digits > 0 => format!("{number}\\{rest}"),
        Some('#' | '>' | '-' | '+') if digits == 0 => format!("\\{rest}"),
        _ => markdown.to_owned(),
    }
}
