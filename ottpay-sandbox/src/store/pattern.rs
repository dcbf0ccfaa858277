//! Searches columns for a substring, ignoring case.

/// Writes the condition that any of these columns matches the pattern in a parameter. A null parameter matches
/// everything.
pub(super) fn match_any(columns: &[&str], parameter: &str) -> String {
    let matches = columns.iter().map(|column| format!(" OR {column} LIKE {parameter} ESCAPE '\\'"));
    format!("({parameter} IS NULL{})", matches.collect::<String>())
}

/// Writes the pattern that matches a substring.
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
