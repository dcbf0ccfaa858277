//! Converts prose to one line, for tables, lists and sentences.

use super::blocks::{Block, blocks};
use super::code::code;
use super::inline::inline;

/// Converts prose to Markdown in one line.
pub(crate) fn line(text: &str) -> String {
    let parts = blocks(text).into_iter().map(|block| match block {
        Block::Paragraph(text) => inline(&text),
        Block::Item(mark, text) => inline(&format!("{mark} {text}")),
        Block::Code(lines) => code(lines.join(" ").trim()),
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// Makes one line of Markdown fit into a table cell.
pub(crate) fn in_cell(markdown: &str) -> String {
    markdown.lines().map(str::trim).collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
