//! Code within a line and in blocks of its own.

use super::escape::escape;
use super::visible::visible;

/// The text as code within a line, in backticks that it cannot end; nothing without text.
pub(crate) fn code(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ");
    if text.is_empty() {
        return String::new();
    }
    // In a table the one would escape the other, or not: parsers disagree.
    if text.contains("\\|") {
        return escape(text.trim());
    }
    let longest = longest_run(&text);
    let fence = "`".repeat(longest.saturating_add(1));
    // One space at each end is not part of the code, if both ends have one.
    let is_padded = longest > 0 || (text.starts_with(' ') && text.ends_with(' '));
    match is_padded && !text.trim().is_empty() {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// The lines as a block of code that rustdoc does not compile, whatever its author called it.
pub(super) fn code_block(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}
