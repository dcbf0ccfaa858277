//! Inline code and blocks of code.

use super::escape::escape;
use super::visible::escape_invisible;

/// Formats text as inline code, in backticks that the text cannot close; empty text remains empty.
pub(crate) fn code(text: &str) -> String {
    let text = escape_invisible(text).replace(['\n', '\t'], " ");
    if text.is_empty() {
        return String::new();
    }
    // Parsers disagree on whether the backslash escapes the bar inside a table.
    if text.contains("\\|") {
        return escape(text.trim());
    }
    let longest = longest_run(&text);
    let fence = "`".repeat(longest.saturating_add(1));
    // If both ends have a space, Markdown removes one from each.
    let is_padded = longest > 0 || (text.starts_with(' ') && text.ends_with(' '));
    match is_padded && !text.trim().is_empty() {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// Formats lines as a code block that rustdoc does not compile, whatever language its author has given.
pub(super) fn code_block(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
