//! Splits prose into paragraphs, lists and code.

use super::code::code_block;
use super::inline::inline;
use super::visible::escape_invisible;

/// The indentation, relative to the surrounding text, that makes a line code.
const CODE_INDENTATION: usize = 4;

/// A part of prose.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A paragraph, joined into one line.
    Paragraph(String),
    /// An item of a list: its marker, and its text joined into one line.
    Item(String, String),
    /// Lines of code.
    Code(Vec<String>),
}

/// Converts prose to Markdown with one or more paragraphs. Each paragraph and item is one line without indentation, so
/// that every parser reads it as such.
pub(crate) fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    let mut last_mark = None;
    for block in &blocks(text) {
        let (mark, markdown) = match block {
            Block::Paragraph(text) => (None, inline(text)),
            Block::Item(mark, text) => (Some(mark.trim_start_matches(|c: char| c.is_ascii_digit())), inline(text)),
            Block::Code(lines) => (None, code_block(lines)),
        };
        if !out.is_empty() {
            out.push_str(if mark.is_some() && mark == last_mark { "\n" } else { "\n\n" });
        }
        if let Block::Item(mark, _) = block {
            out.push_str(&format!("{mark} "));
        }
        out.push_str(&markdown);
        last_mark = mark;
    }
    out
}

/// Splits prose into its parts.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let text = escape_invisible(text);
    let mut reader = Reader::default();
    text.lines().for_each(|line| reader.read(line));
    reader.end_code();
    reader.end_text();
    reader.blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// The paragraph or item that the next line may continue.
    text: Option<Block>,
    code: Option<Code>,
    /// The column at which the text of the current list item begins; 0 outside lists.
    column: usize,
    /// Whether a list has begun, so that a number continues it.
    is_list: bool,
}

/// A code block that the next line may continue.
struct Code {
    /// The delimiter of the block; `None` if it is only indented.
    fence: Option<(char, usize)>,
    indentation: usize,
    lines: Vec<String>,
}

impl Reader {
    fn read(&mut self, line: &str) {
        let (indentation, content) = split_indentation(line);
        if let Some(code) = &mut self.code {
            let ends = match code.fence {
                Some((mark, length)) => {
                    content.chars().all(|character| character == mark) && content.chars().count() >= length
                }
                None => !content.is_empty() && indentation < code.indentation,
            };
            let is_fenced = code.fence.is_some();
            match ends {
                true => self.end_code(),
                false => code.lines.push(strip_indentation(line, code.indentation)),
            }
            // The line that ends indented code is already text, and a closing fence is not.
            if !ends || is_fenced {
                return;
            }
        }
        if content.is_empty() {
            return self.end_text();
        }
        // An indented line continues a paragraph. Only where none is open can it be code.
        if self.text.is_none() {
            // A line to the left of the item's text is outside the item.
            self.column = if indentation < self.column { 0 } else { self.column };
            let code = self.column.saturating_add(CODE_INDENTATION);
            if indentation >= code {
                let lines = vec![strip_indentation(line, code)];
                self.code = Some(Code { fence: None, indentation: code, lines });
                return;
            }
        }
        let (mark, text) = split_mark(content).filter(|(mark, _)| self.may_begin(mark)).unwrap_or(("", content));
        if !mark.is_empty() {
            self.end_text();
            self.column = indentation + (content.len() - text.len());
        }
        if let Some((mark_and_length, info)) = opening_fence(text) {
            self.end_text();
            let indentation = if mark.is_empty() { indentation } else { self.column };
            // A single word is a language, which is dropped. Anything longer is text, which must not be lost.
            let is_language = !info.contains(char::is_whitespace);
            let lines = if is_language { Vec::new() } else { vec![info.to_owned()] };
            self.code = Some(Code { fence: Some(mark_and_length), indentation, lines });
            return;
        }
        match &mut self.text {
            Some(Block::Paragraph(all) | Block::Item(_, all)) => {
                all.push(' ');
                all.push_str(text);
            }
            _ if mark.is_empty() => {
                // A paragraph outside of the items ends the list.
                self.is_list &= self.column > 0;
                self.text = Some(Block::Paragraph(text.to_owned()));
            }
            _ => {
                self.is_list = true;
                self.text = Some(Block::Item(mark.to_owned(), text.to_owned()));
            }
        }
    }

    /// Whether an item may begin here. A year at the beginning of a line is not an item.
    fn may_begin(&self, mark: &str) -> bool {
        let number = mark.trim_end_matches(['.', ')']);
        let goes_on = self.is_list && !matches!(self.text, Some(Block::Paragraph(_)));
        !number.starts_with(|first: char| first.is_ascii_digit()) || number == "1" || goes_on
    }

    fn end_text(&mut self) {
        self.blocks.extend(self.text.take());
    }

    fn end_code(&mut self) {
        let Some(mut code) = self.code.take() else { return };
        while code.lines.last().is_some_and(|line| line.trim().is_empty()) {
            code.lines.pop();
        }
        if !code.lines.is_empty() {
            self.blocks.push(Block::Code(code.lines));
        }
    }
}

/// Returns the indentation of a line in columns, and its text.
fn split_indentation(line: &str) -> (usize, &str) {
    let content = line.trim();
    let before = line.len() - line.trim_start().len();
    (line.get(..before).map_or(0, width), content)
}

fn width(indentation: &str) -> usize {
    indentation.chars().fold(0, next_column)
}

/// Returns the column after a character. A tab advances to the next multiple of four.
fn next_column(column: usize, character: char) -> usize {
    if character == '\t' { column / 4 * 4 + 4 } else { column + 1 }
}

/// Removes up to this many columns of indentation from a line.
fn strip_indentation(line: &str, indentation: usize) -> String {
    let mut column = 0;
    let mut rest = line;
    while column < indentation && rest.starts_with(char::is_whitespace) {
        let mut characters = rest.chars();
        column = characters.next().map_or(column, |character| next_column(column, character));
        rest = characters.as_str();
    }
    format!("{}{}", " ".repeat(column.saturating_sub(indentation)), rest.trim_end())
}

/// Splits a line into an item's marker and its text.
fn split_mark(content: &str) -> Option<(&str, &str)> {
    let digits = content.chars().take_while(char::is_ascii_digit).count();
    let mark = content.get(digits..)?.chars().next()?;
    // Markdown allows at most nine digits in the number of an item.
    let is_mark = if digits == 0 { "-*+".contains(mark) } else { ".)".contains(mark) && digits <= 9 };
    let (mark, text) = content.split_at_checked(digits + 1).filter(|_| is_mark)?;
    text.starts_with([' ', '\t']).then(|| (mark, text.trim_start())).filter(|(_, text)| !text.is_empty())
}

/// Splits a line that opens a code block into its delimiter and the rest.
fn opening_fence(text: &str) -> Option<((char, usize), &str)> {
    let mark = text.chars().next().filter(|mark| "`~".contains(*mark))?;
    let info = text.trim_start_matches(mark);
    let length = text.len() - info.len();
    // Backticks with another backtick later in the line are inline code.
    (length >= 3 && (mark == '~' || !info.contains('`'))).then_some(((mark, length), info.trim()))
}
