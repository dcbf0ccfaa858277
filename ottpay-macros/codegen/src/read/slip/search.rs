//! Tries possible repairs, and chooses the one that the reader accepts best.

use std::cmp::Reverse;

use super::indentation::{self, count_new_irregular_steps, find_step};
use super::lines::{find_suspects, indent_of, is_readable};
use super::repair::{Repair, Slip, Verdict};
use super::{quotes, signs};

/// The longest text to search for a slip, in bytes; an action has one or two kilobytes.
const MAX_TEXT: usize = 64 * 1024;

/// How many bytes to parse again in total.
const MAX_READ: usize = 512 * 1024;

/// How many earlier lines with an open quote or bracket to try.
const MAX_OPEN: usize = 4;

/// Finds the slip whose repair makes the text valid, or at least lets the parser get further.
///
/// `stop` is the line, from 0, at which the parser fails. `judge` is the reader, whose verdict is returned with the
/// slip.
pub(in crate::read) fn find_slip(
    text: &str,
    stop: usize,
    mut judge: impl FnMut(&str) -> Verdict,
) -> Option<(Verdict, Slip)> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let lines: Vec<&str> = text.lines().collect();
    let suspects = find_suspects(&lines, stop);
    let step = find_step(&lines);
    let indented = suspects.iter().flat_map(|index| indentation::find_repairs(&lines, *index, &suspects));
    let opened = find_open_lines(&lines, stop);
    // The first suspects are next to the line at which the parser fails.
    let near: Vec<usize> = suspects.iter().copied().take(4).chain(opened).collect();
    let others = near.iter().flat_map(|index| {
        let mut repairs = signs::find_repairs(&lines, *index);
        repairs.extend(quotes::find_repairs(&lines, *index));
        repairs
    });
    // Tries the most regular results first, and punctuation before indentation.
    let mut all: Vec<Repair> = others.chain(indented).collect();
    all.sort_by_cached_key(|Repair { slip, line }| count_new_irregular_steps(&lines, slip.line, indent_of(line), step));
    let mut left = MAX_READ;
    let mut best: Option<(Verdict, Slip)> = None;
    for repair in all {
        let repaired = apply_repair(&lines, &repair);
        let Some(rest) = left.checked_sub(repaired.len()) else { break };
        left = rest;
        let verdict = judge(&repaired);
        let goes_on = match verdict {
            Verdict::Parsed(_) => true,
            Verdict::StopsAt(Reverse(line)) => line > stop + 1 && line > repair.slip.line + 1,
        };
        // Of repairs with the same verdict the first is kept, because likely ones are tried first.
        if goes_on && best.as_ref().is_none_or(|(least, _)| verdict < *least) {
            best = Some((verdict, repair.slip));
        }
        if verdict == Verdict::Parsed(0) {
            break;
        }
    }
    best
}

/// Finds lines with an odd number of quotes or an open bracket, because the parser fails far after them.
fn find_open_lines(lines: &[&str], stop: usize) -> Vec<usize> {
    let is_open = |line: &str| {
        if !is_readable(line) {
            return false;
        }
        let count = |sign: char| line.matches(sign).count();
        count('"') % 2 == 1 || count('\'') % 2 == 1 || count('{') != count('}') || count('[') != count(']')
    };
    let before = lines.iter().take(stop.saturating_add(1)).enumerate();
    before.filter(|(_, line)| is_open(line)).map(|(index, _)| index).take(MAX_OPEN).collect()
}

/// Returns the text with the line replaced.
fn apply_repair(lines: &[&str], repair: &Repair) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        text.push_str(if index == repair.slip.line { &repair.line } else { line });
        text.push('\n');
    }
    text
}
