//! Lines of YAML as people see them: indentation and content.

/// The longest line to analyse, in bytes; longer ones are not written by hand.
const MAX_LINE: usize = 500;

/// Returns the number of spaces at the beginning of a line.
pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether the line contains anything except a comment.
pub(super) fn has_content(line: &str) -> bool {
    let content = line.trim();
    !content.is_empty() && !content.starts_with('#')
}

/// Whether a line is short enough to be analysed.
pub(super) fn is_readable(line: &str) -> bool {
    line.len() <= MAX_LINE
}

/// Returns the lines that may contain the slip if the parser fails at line `stop`, the most likely first: that line,
/// its neighbours, and all lines that contain it, each with its first child.
pub(super) fn find_suspects(lines: &[&str], stop: usize) -> Vec<usize> {
    let stop = stop.min(lines.len().saturating_sub(1));
    let is_content = |index: &usize| lines.get(*index).is_some_and(|line| has_content(line) && is_readable(line));
    let mut suspects: Vec<usize> = (0..=stop).rev().filter(is_content).take(3).collect();
    suspects.extend((stop + 1..lines.len()).find(is_content));
    let mut least = usize::MAX;
    let mut outer = (0..stop).rev().filter(is_content).filter(|index| {
        let indent = lines.get(*index).map_or(0, |line| indent_of(line));
        let is_outer = indent < least;
        least = least.min(indent);
        is_outer
    });
    // The parser does not allow deeper nesting.
    for index in outer.by_ref().take(16) {
        // Its first child is on a later line.
        let first = (index + 1..stop).find(is_content);
        for index in [Some(index), first].into_iter().flatten() {
            if !suspects.contains(&index) {
                suspects.push(index);
            }
        }
    }
    suspects
}

/// The parts of a line: the dash of a list item, a key, and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    /// The indentation, and the dash if there is one.
    pub(super) before: &'a str,
    pub(super) key: &'a str,
    /// The colon and spaces between key and value.
    pub(super) between: &'a str,
    pub(super) value: &'a str,
}

/// The colon that an input method for Chinese inserts.
pub(super) const FULL_WIDTH_COLON: char = '\u{ff1a}';

/// Splits a line that begins with a word; the character after the word need not be a colon.
pub(super) fn parse_line(line: &str) -> Option<Parts<'_>> {
    let rest = line.trim_start_matches(' ');
    let rest = rest.strip_prefix("- ").map_or(rest, |rest| rest.trim_start_matches(' '));
    let before = line.get(..line.len() - rest.len())?;
    let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(rest.len());
    let (key, rest) = rest.split_at(end);
    let is_name = key.starts_with(|first: char| first.is_ascii_alphabetic());
    let value = rest.trim_start_matches([':', ' ', '=', FULL_WIDTH_COLON]);
    let between = rest.get(..rest.len() - value.len())?;
    is_name.then_some(Parts { before, key, between, value: value.trim_end() })
}
