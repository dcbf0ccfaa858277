//! Searches columns for a part of their text, in either case.

/// The condition that any of these columns contains the pattern of a parameter, which is null for any text.
pub(super) fn match_any(columns: &[&str], parameter: &str) -> String {
    let matches = columns.iter().map(|column| format!(" OR {column} LIKE {parameter} ESCAPE '\\'"));
    format!("({parameter} IS NULL{})", matches.collect::<String>())
}

/// The pattern of a part of a text.
pub(super) fn write_pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for char in part.chars() {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    pattern
}
