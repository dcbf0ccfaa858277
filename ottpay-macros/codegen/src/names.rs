//! Derives Rust names from wire names, and suggests corrections of misspelt names.

use ottpay_vocabulary::find_nearest;

/// Converts a name to snake_case: `orderId` → `order_id`, `cc_channelType` → `cc_channel_type`, `package_` → `package`.
pub(crate) fn to_snake(wire: &str) -> String {
    let mut out = String::new();
    let mut previous_lower = false;
    for character in wire.chars() {
        if character == '_' {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            previous_lower = false;
        } else {
            // Only the first of several capitals begins a word: `callBackURL` becomes `call_back_url`.
            if character.is_ascii_uppercase() && previous_lower {
                out.push('_');
            }
            previous_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
            out.push(character.to_ascii_lowercase());
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// Converts a name from snake_case to CamelCase: `active_pay` → `ActivePay`.
pub(crate) fn to_camel(snake: &str) -> String {
    let mut out = String::new();
    for word in snake.split('_') {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.extend(letters);
    }
    out
}

/// Whether the string is a lower-case Rust name; it may be a keyword.
pub(crate) fn is_snake(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether the string is a Rust type name in this project's style.
pub(crate) fn is_camel(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
        && text != "Self"
}

/// Whether the string can be a member of one of the gateway's JSON objects.
pub(crate) fn is_wire_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the word is reserved in Rust, so that it needs an escape as an identifier.
pub(crate) fn is_keyword(word: &str) -> bool {
    // Without `self`, `super`, `crate` and `Self`, which Rust does not allow as raw identifiers.
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
        "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
        "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&word)
}

/// Returns a suggestion followed by another sentence.
pub(crate) fn suggestion_and<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, further: &str) -> String {
    let suggestion = suggestion(word, known);
    let stop = if suggestion.ends_with('?') { "" } else { "." };
    format!("{suggestion}{stop} {further}")
}

/// The largest number of known names to list; a longer list does not help.
const MAX_LISTED: usize = 30;

/// Returns `did you mean …?` if a known word is similar, else a list of the known words.
pub(crate) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = find_nearest(word, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let listed: Vec<String> = known.iter().take(MAX_LISTED).map(|name| format!("`{name}`")).collect();
    match known.len() {
        0 => "none is declared".to_owned(),
        all if all > MAX_LISTED => format!("known are {} and {} more", listed.join(", "), all - MAX_LISTED),
        _ => format!("known are {}", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_become_rust_names() {
        for (wire, rust) in [
            ("order_id", "order_id"),
            ("orderId", "order_id"),
            ("cc_channelType", "cc_channel_type"),
            ("Tip", "tip"),
            ("sub_openId", "sub_open_id"),
            ("package_", "package"),
            ("cvn2", "cvn2"),
            ("callBackURL", "call_back_url"),
        ] {
            assert_eq!(to_snake(wire), rust, "{wire}");
        }
        assert_eq!(to_camel("call_back_url"), "CallBackUrl");
    }

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(suggestion("opional", ["optional", "type"]), "did you mean `optional`?");
        assert_eq!(suggestion("xyz", ["optional", "type"]), "known are `optional`, `type`");
    }
}
