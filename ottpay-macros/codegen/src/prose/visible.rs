//! Makes invisible characters visible.

/// Normalises line breaks, and replaces each character that is invisible, or that changes the direction of text, with
/// its code point: `U+202E`.
pub(super) fn escape_invisible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\n' | '\r' => out.push('\n'),
            '\t' => out.push('\t'),
            hidden if is_hidden(hidden) => out.push_str(&format!("U+{:04X}", u32::from(hidden))),
            other => out.push(other),
        }
    }
    out
}

/// Whether a character is invisible. Zero-width joiners are kept, because some scripts need them.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}
