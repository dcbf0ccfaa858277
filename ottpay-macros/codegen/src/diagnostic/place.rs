//! Positions in files.

use std::ops::Range;
use std::sync::Arc;

/// A position in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The file, by its name in messages.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, in characters, from 1.
    pub column: u32,
}

impl Position {
    /// Returns the beginning of a file; also used for a whole file or folder.
    pub fn start(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), line: 1, column: 1 }
    }
}

/// A position in a file, and the line there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The position in the file.
    pub position: Position,
    /// The line; `None` for a whole file or folder, or a line that cannot be read.
    pub line: Option<String>,
}

impl Place {
    /// Returns the byte range of the token: a string in quotes, a bracket, or everything before YAML's next
    /// punctuation.
    pub(crate) fn token_range(&self, line: &str) -> Range<usize> {
        let column = usize::try_from(self.position.column).unwrap_or(usize::MAX).saturating_sub(1);
        let start = line.char_indices().nth(column).map_or(line.len(), |(index, _)| index);
        let rest = line.get(start..).unwrap_or_default();
        let mut characters = rest.chars();
        let length = match characters.next() {
            None => 0,
            Some(quote @ ('"' | '\'')) => {
                characters.as_str().find(quote).map_or(rest.len(), |closing| closing + 2 * quote.len_utf8())
            }
            Some(bracket @ ('{' | '[' | '}' | ']' | ',' | '\t')) => bracket.len_utf8(),
            Some(_) => {
                let is_key = |(index, sign): &(usize, char)| {
                    *sign == ':'
                        && rest.get(index + 1..).is_some_and(|after| after.is_empty() || after.starts_with(' '))
                };
                let ends = |(index, sign): &(usize, char)| matches!(sign, ',' | '}' | ']') || is_key(&(*index, *sign));
                let end = rest.char_indices().find(ends).map_or(rest.len(), |(index, _)| index);
                let end = rest.find(" #").map_or(end, |comment| end.min(comment));
                rest.get(..end).map_or(0, |token| token.trim_end().len())
            }
        };
        start..start + length
    }
}
