//! Lines with too little or too much indentation.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{has_content, indent_of};
use super::repair::{Repair, Slip};
use crate::diagnostic::Mistake;

/// Returns the line at each depth of a nearby line, and at depths one or two spaces away from its own.
pub(super) fn find_repairs(lines: &[&str], index: usize, suspects: &[usize]) -> Vec<Repair> {
    let Some(line) = lines.get(index).filter(|line| has_content(line)) else { return Vec::new() };
    let indent = indent_of(line);
    let content = line.trim_start_matches(' ');
    let around = suspects.iter().filter_map(|suspect| lines.get(*suspect)).map(|line| indent_of(line));
    let near = [indent + 1, indent + 2, indent.saturating_sub(1), indent.saturating_sub(2)];
    let depths: BTreeSet<usize> = around.clone().chain(around.map(|depth| depth + 2)).chain(near).collect();
    let mut repairs: Vec<Repair> = depths
        .into_iter()
        .filter(|depth| *depth != indent)
        .map(|depth| {
            let (what, count) = if depth > indent { ("add", depth - indent) } else { ("remove", indent - depth) };
            let slip = Slip {
                line: index,
                column: indent,
                mistake: Mistake::Indentation,
                message: format!("wrong indentation ({}, expected {})", format_spaces(indent), number_or_none(depth)),
                help: format!("{what} {} at the beginning of this line", format_spaces(count)),
            };
            Repair { slip, line: format!("{:depth$}{content}", "") }
        })
        .collect();
    repairs.sort_by_key(|repair| indent_of(&repair.line).abs_diff(indent));
    repairs
}

fn format_spaces(count: usize) -> String {
    match count {
        0 => "no spaces".to_owned(),
        1 => "1 space".to_owned(),
        count => format!("{count} spaces"),
    }
}

fn number_or_none(count: usize) -> String {
    if count == 0 { "none".to_owned() } else { count.to_string() }
}

/// Counts how many more irregular steps of indentation the text has if this line is at `depth`. Of two repairs, the one
/// that preserves the text's usual step is probably meant.
pub(super) fn count_new_irregular_steps(lines: &[&str], index: usize, depth: usize, step: usize) -> isize {
    let indent_at = |index: usize| lines.get(index).filter(|line| has_content(line)).map(|line| indent_of(line));
    let before = (0..index).rev().find_map(indent_at).unwrap_or_default();
    let after = (index + 1..lines.len()).find_map(indent_at).unwrap_or_default();
    let count = |depth: usize| {
        let steps = [depth.checked_sub(before), after.checked_sub(depth)].into_iter().flatten();
        steps.filter(|found| *found > 0 && *found != step).fold(0_isize, |count, _| count + 1)
    };
    count(depth) - count(indent_at(index).unwrap_or_default())
}

/// Returns the usual step of indentation.
pub(super) fn find_step(lines: &[&str]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for step in indent_steps(lines.iter().copied()) {
        *counts.entry(step).or_default() += 1;
    }
    // Of equally frequent steps, the smallest.
    counts.into_iter().max_by_key(|(step, count)| (*count, std::cmp::Reverse(*step))).map_or(2, |(step, _)| step)
}

fn indent_steps<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = usize> {
    let mut last = 0;
    lines.filter(|line| has_content(line)).filter_map(move |line| {
        let indent = indent_of(line);
        let step = indent.checked_sub(last).filter(|step| *step > 0);
        last = indent;
        step
    })
}
