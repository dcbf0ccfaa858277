//! Strings that need quotes, and quotes that are not closed.

use super::lines::{Parts, has_content, indent_of, parse_line};
use super::repair::{Repair, Slip};
use crate::diagnostic::Mistake;

/// Returns the line with each of its strings in quotes, whether it has none, one, or some inside.
pub(super) fn find_repairs(lines: &[&str], index: usize) -> Vec<Repair> {
    let Some(line) = lines.get(index) else { return Vec::new() };
    let mut repairs = Vec::new();
    let mut texts = find_texts(line);
    // The shortest string whose quoting makes the line valid is probably meant.
    texts.sort_by_key(|(start, end)| end - start);
    for (start, end) in texts {
        let (Some(before), Some(text), Some(after)) = (line.get(..start), line.get(start..end), line.get(end..)) else {
            continue;
        };
        for quoted in quote_text(text) {
            let (message, help) = explain_quotes(text, &quoted);
            let slip = Slip { line: index, column: before.chars().count(), mistake: Mistake::Syntax, message, help };
            repairs.push(Repair { slip, line: format!("{before}{quoted}{after}") });
        }
    }
    // A string of several lines cannot be quoted here, but can become a block.
    let next = lines.get(index + 1).filter(|next| has_content(next));
    if next.is_some_and(|next| indent_of(next) > indent_of(line))
        && let Some(Parts { before, key, value, .. }) = parse_line(line)
        && value.contains(": ")
        && !value.starts_with(['"', '\'', '{', '[', '|', '>'])
    {
        let deeper = indent_of(line) + 2;
        let slip = Slip {
            line: index,
            column: before.chars().count() + key.chars().count() + 2,
            mistake: Mistake::Syntax,
            message: "a string with `: ` needs quotes, or a block".to_owned(),
            help: format!("write `{key}: >-`, then the string on the following lines, indented by {deeper} spaces"),
        };
        repairs.push(Repair { slip, line: format!("{before}{key}: >-\n{:deeper$}{value}", "") });
    }
    repairs
}

/// Returns the byte ranges of possible strings: from after each key or dash to before each later key, or to the end.
fn find_texts(line: &str) -> Vec<(usize, usize)> {
    /// More keys than a readable line has.
    const MAX_TEXTS: usize = 12;
    let (mut starts, mut keys): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let indent = indent_of(line);
    if line.get(indent..).is_some_and(|rest| rest.starts_with("- ")) {
        starts.push(indent + 2);
    }
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '"' || sign == '\'';
    for (at, _) in line.match_indices(": ").take(MAX_TEXTS) {
        let key = line.get(..at).map_or("", |before| before.rsplit(|sign| !is_word(sign)).next().unwrap_or_default());
        let before = line.get(..at - key.len()).unwrap_or_default().trim_end();
        let begins = before.is_empty() || before.ends_with(['{', ',', '-', '[']);
        if begins && !key.is_empty() {
            starts.push(at + 2);
            keys.push(at - key.len());
        }
    }
    for (at, _) in line.match_indices(['[', ',']).take(MAX_TEXTS) {
        starts.push(at + 1);
    }
    let trimmed = line.trim_end().len();
    let mut texts = Vec::new();
    for start in starts {
        let start = start + line.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches(' ').len());
        let closed = line.get(start..trimmed).unwrap_or_default();
        // Up to the end of the line, up to the closing brackets, and up to each comma.
        let mut ends = vec![trimmed];
        let mut inner = closed;
        while let Some(rest) = inner.strip_suffix(['}', ']'])
            && ends.len() <= MAX_TEXTS
        {
            inner = rest.trim_end();
            ends.push(start + inner.len());
        }
        ends.extend(closed.match_indices(", ").take(MAX_TEXTS).map(|(at, _)| start + at));
        if let Some((at, _)) = closed.match_indices(" #").next() {
            ends.push(start + at);
        }
        // Inside braces, a string ends before the next key.
        let is_inside = line.get(..start).is_some_and(|before| before.contains('{'));
        let next = keys.iter().copied().filter(|key| is_inside && *key > start).min().unwrap_or(usize::MAX);
        texts.extend(ends.into_iter().filter(|end| *end > start && *end <= next).map(|end| (start, end)));
    }
    texts
}

/// Puts a string in quotes.
fn quote_text(text: &str) -> Vec<String> {
    let first = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let inner = match first {
        Some(quote) if text.len() > 1 && text.ends_with(quote) => {
            text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)).unwrap_or(text)
        }
        Some(quote) if text.matches(quote).count() == 1 => text.strip_prefix(quote).unwrap_or(text),
        _ => text,
    };
    let quoted = match (inner.contains('"') || inner.contains('\\'), inner.contains('\'')) {
        (false, _) => format!("\"{inner}\""),
        (true, false) => format!("'{inner}'"),
        (true, true) => format!("'{}'", inner.replace('\'', "''")),
    };
    if quoted == text { Vec::new() } else { vec![quoted] }
}

/// Explains why a string needs quotes, and what to write.
fn explain_quotes(text: &str, quoted: &str) -> (String, String) {
    /// A message does not quote longer strings.
    const MAX_REPEATED: usize = 60;
    let help = match quoted.chars().count() <= MAX_REPEATED {
        true => format!("write `{quoted}`"),
        false => "put it in quotes".to_owned(),
    };
    let first = text.chars().next().unwrap_or_default();
    let message = match first {
        '"' | '\'' if text.len() > 1 && text.ends_with(first) => {
            format!("a quotation mark `{first}` inside a string in `{first}`")
        }
        '"' | '\'' if text.matches(first).count() > 1 => {
            "a string that begins with a quotation mark continues after the closing one".to_owned()
        }
        '"' | '\'' => format!("the quotation mark `{first}` is not closed"),
        '@' | '`' | '%' | '*' | '&' | '!' | '|' | '>' | '{' | '}' | '[' | ']' | ',' | '?' | '-' | '#' | ':' => {
            let shown = if first == '`' { "a backtick".to_owned() } else { format!("`{first}`") };
            format!("a string that begins with {shown} needs quotes")
        }
        _ if text.contains(": ") || text.ends_with(':') => "a string with `: ` needs quotes".to_owned(),
        _ if text.contains(" #") => "a string with ` #` needs quotes".to_owned(),
        _ if text.contains(['{', '}', '[', ']']) => "a string with brackets needs quotes inside braces".to_owned(),
        _ if text.contains(',') => "a string with a comma needs quotes inside braces".to_owned(),
        _ => "this string needs quotes".to_owned(),
    };
    (message, help)
}
