//! Text within one line: code, strong text and addresses become Markdown, all other characters appear as written.

use super::code::code;
use super::escape::{escape_start, escape_text};

/// The characters of an address. Some valid ones are omitted, because they end an address in prose or in a table.
const IN_ADDRESS: &str = "-._~:/?#[]@!$&'()+,;=%{}";

/// Characters that may have a meaning in Markdown, alone or with their neighbours.
const MEANINGFUL: &[u8] = b"\\`*[]~$_<&-.|";

/// Converts one line of prose to Markdown.
pub(super) fn inline(text: &str) -> String {
    escape_start(&convert(text, true))
}

fn convert(text: &str, may_be_strong: bool) -> String {
    let mut out = String::new();
    let mut previous = None;
    let mut rest = text;
    while !rest.is_empty() {
        let (markdown, tail) = if let Some((content, tail)) = split_code(rest) {
            (code(content.trim()), tail)
        } else if let Some((address, tail)) = split_address(rest) {
            (format!("<{address}>"), tail)
        } else if let Some((content, tail)) = split_strong(previous, rest).filter(|_| may_be_strong) {
            (format!("**{}**", convert(content, false)), tail)
        } else if let plain @ 1.. = count_plain(rest) {
            let (plain, tail) = rest.split_at(plain);
            (plain.to_owned(), tail)
        } else {
            // A run of backticks without a counterpart is escaped as a whole; otherwise a part of it would be matched
            // again.
            let run = rest.len() - rest.trim_start_matches('`').len();
            let (plain, tail) = rest.split_at(run.max(rest.chars().next().map_or(0, char::len_utf8)));
            (escape_text(previous, plain, tail), tail)
        };
        out.push_str(&markdown);
        let read = rest.len() - tail.len();
        previous = rest.get(..read).and_then(|read| read.chars().next_back());
        rest = tail;
    }
    out
}

/// Counts the leading bytes without a meaning in Markdown that begin no address. Most text consists of such bytes, and
/// the checks for each byte are slow in a macro, which is compiled without optimisations.
fn count_plain(text: &str) -> usize {
    let is_plain = |byte: &u8| !MEANINGFUL.contains(byte);
    let plain = text.bytes().take_while(is_plain).count();
    text.find("http").map_or(plain, |address| plain.min(address))
}

/// Splits off code in backticks at the beginning of the text.
fn split_code(text: &str) -> Option<(&str, &str)> {
    let content = text.trim_start_matches('`');
    let fence = text.len() - content.len();
    if fence == 0 {
        return None;
    }
    let mut end = 0;
    loop {
        let rest = content.get(end..)?;
        let before = rest.find('`')?;
        let tail = rest.get(before..)?.trim_start_matches('`');
        let run = rest.len() - before - tail.len();
        if run == fence {
            let content = content.get(..end + before)?;
            return (!content.trim().is_empty()).then_some((content, tail));
        }
        end += before + run;
    }
}

/// Splits off an address at the beginning of the text, with or without angle brackets.
fn split_address(text: &str) -> Option<(&str, &str)> {
    let bare = text.strip_prefix('<').unwrap_or(text);
    let path = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://"))?;
    let is_inside = |character: char| character.is_ascii_alphanumeric() || IN_ADDRESS.contains(character);
    let path_end = path.find(|character| !is_inside(character)).unwrap_or(path.len());
    let longest = bare.get(..bare.len() - path.len() + path_end)?;
    if bare.len() < text.len()
        && let Some(tail) = bare.get(longest.len()..)?.strip_prefix('>')
    {
        return (path_end > 0).then_some((longest, tail));
    }
    // An angle bracket that is not closed is plain text.
    if bare.len() < text.len() {
        return None;
    }
    let mut address = longest;
    let count = |bracket: char| longest.matches(bracket).count();
    let mut unopened =
        [('(', ')'), ('[', ']'), ('{', '}')].map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    // Punctuation that ends a sentence, or closes a bracket around the address, is not part of it.
    while let Some(last) = address.chars().next_back() {
        match unopened.iter_mut().find(|(close, count)| *close == last && *count > 0) {
            Some((_, count)) => *count -= 1,
            None if ".,;:!?'".contains(last) => {}
            None => break,
        }
        address = address.get(..address.len() - last.len_utf8())?;
    }
    (address.len() > bare.len() - path.len()).then(|| (address, bare.get(address.len()..).unwrap_or_default()))
}

/// Splits off strong text at the beginning of the text, without its asterisks. It must be strong for every parser:
/// after a space, bracket or quotation mark, and before a space or punctuation.
fn split_strong(previous: Option<char>, text: &str) -> Option<(&str, &str)> {
    let begins = previous.is_none_or(|previous| previous.is_whitespace() || "(\"'".contains(previous));
    let (content, tail) = text.strip_prefix("**").filter(|_| begins)?.split_once("**")?;
    let is_edge = |edge: Option<char>| edge.is_none_or(|edge| edge.is_whitespace() || edge == '*');
    if is_edge(content.chars().next()) || is_edge(content.chars().next_back()) {
        return None;
    }
    let after = tail.chars().next();
    let ends = after.is_none_or(|after| after.is_whitespace() || (after.is_ascii_punctuation() && after != '*'));
    ends.then_some((content, tail))
}
