//! Missing or extra punctuation: colons and the space after them, dashes, brackets.

use super::lines::{FULL_WIDTH_COLON, Parts, has_content, indent_of, parse_line};
use super::repair::{Repair, Slip};
use crate::diagnostic::Mistake;

/// Returns the line with a colon, a space, a dash or a bracket added or removed.
pub(super) fn find_repairs(lines: &[&str], index: usize) -> Vec<Repair> {
    let Some(line) = lines.get(index).filter(|line| has_content(line)) else { return Vec::new() };
    let at = |column: usize, message: String, help: String, line: String| Repair {
        slip: Slip { line: index, column, mistake: Mistake::Syntax, message, help },
        line,
    };
    let indent = indent_of(line);
    let content = line.trim();
    let mut repairs = Vec::new();
    if let Some(Parts { before, key, between, value }) = parse_line(line) {
        let column = before.chars().count();
        let right = if value.is_empty() { format!("{key}:") } else { format!("{key}: {value}") };
        let help = match right.chars().count() <= 60 {
            true => format!("write `{right}`"),
            false => format!("write `{key}: …`"),
        };
        let repaired = format!("{before}{right}");
        match between {
            ":" if !value.is_empty() => {
                repairs.push(at(column, format!("there is no space after the colon of `{key}`"), help, repaired));
            }
            _ if between.trim() == FULL_WIDTH_COLON.to_string() => {
                let message = format!("the colon after `{key}` is full-width, which YAML does not accept");
                repairs.push(at(column, message, help, repaired));
            }
            _ if matches!(between.trim(), "" | "=") => {
                repairs.push(at(column, format!("there is no colon after `{key}`"), help, repaired));
            }
            _ => {}
        }
    }
    match content.strip_prefix('-') {
        Some(rest) if !rest.starts_with([' ', '-']) && !rest.is_empty() => {
            let message = "there is no space after the dash".to_owned();
            repairs.push(at(indent, message, format!("write `- {rest}`"), format!("{:indent$}- {rest}", "")));
        }
        None => {
            let message = "there is no dash before an entry of a list".to_owned();
            let help = "write `- ` before it; if it continues the string above, fix its indentation".to_owned();
            repairs.push(at(indent, message, help, format!("{:indent$}- {content}", "")));
        }
        Some(_) => {}
    }
    repairs
        .extend(bracket_repairs(line).into_iter().map(|(column, message, help, line)| at(column, message, help, line)));
    repairs
}

/// Closes an open bracket at the end of the line, and removes a bracket that was never opened.
fn bracket_repairs(line: &str) -> Vec<(usize, String, String, String)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut repairs = Vec::new();
    let mut quote = None;
    let signs: Vec<char> = line.chars().collect();
    for (column, sign) in signs.iter().copied().enumerate() {
        match (quote, sign) {
            (Some(opened), sign) if opened == sign => quote = None,
            (Some(_), _) => {}
            // Elsewhere it is an apostrophe, which opens no string.
            (None, '"' | '\'')
                if column == 0 || signs.get(column - 1).is_some_and(|before| " [{,:".contains(*before)) =>
            {
                quote = Some(sign);
            }
            (None, '{' | '[') => open.push((column, sign)),
            (None, '}' | ']') => {
                let opened = if sign == '}' { '{' } else { '[' };
                match open.pop() {
                    Some((_, found)) if found == opened => {}
                    Some((begin, found)) => {
                        let right = closing_bracket(found);
                        let replaced: String = signs
                            .iter()
                            .enumerate()
                            .map(|(at, sign)| if at == column { right } else { *sign })
                            .collect();
                        let message = format!("the bracket `{found}` is closed by `{sign}`");
                        repairs.push((column, message, format!("write `{right}` instead of `{sign}`"), replaced));
                        let inserted: String = signs
                            .iter()
                            .enumerate()
                            .flat_map(|(at, sign)| if at == column { vec![right, ' ', *sign] } else { vec![*sign] })
                            .collect();
                        let message = format!("the bracket `{found}` is not closed");
                        repairs.push((begin, message, format!("write `{right}` before the `{sign}`"), inserted));
                        open.pop();
                    }
                    // A string that begins with a bracket needs quotes instead.
                    None if signs.iter().take(column).rev().find(|sign| **sign != ' ') == Some(&':') => {}
                    None => {
                        let removed: String =
                            signs.iter().enumerate().filter(|(at, _)| *at != column).map(|(_, sign)| *sign).collect();
                        let message = format!("the bracket `{sign}` has no opening bracket");
                        repairs.push((column, message, "remove it, or put the string in quotes".to_owned(), removed));
                    }
                }
            }
            _ => {}
        }
    }
    if let Some((column, sign)) = open.last().copied() {
        let all: String = open.iter().rev().map(|(_, sign)| format!(" {}", closing_bracket(*sign))).collect();
        let message = format!("the bracket `{sign}` is not closed");
        repairs.push((
            column,
            message,
            format!("write `{}` at the end of the line", all.trim()),
            format!("{line}{all}"),
        ));
    }
    repairs
}

fn closing_bracket(opening: char) -> char {
    if opening == '{' { '}' } else { ']' }
}
