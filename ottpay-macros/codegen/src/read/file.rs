//! Parses the text of one file into a tree of nodes, or reports the one slip that makes it invalid.

use std::cmp::Reverse;
use std::sync::Arc;

use super::entries::parse_entries;
use super::located::Located;
use super::map::Map;
use super::model::{RawAction, RawCallback, RawGateway, RawTypes};
use super::node::Node;
use super::slip::{Slip, Verdict, find_slip};
use super::yaml;
use crate::diagnostic::{Diagnostics, Mistake, Position};

/// Parses a file. Invalid YAML is reported once: as the slip that makes it invalid, if one is found.
pub(super) fn parse(text: &str, file: &Arc<str>, diagnostics: &mut Diagnostics) -> Option<Node> {
    let failure = match yaml::parse(text, file, diagnostics) {
        Ok(root) => return Some(root),
        Err(failure) => failure,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let stop = usize::try_from(failure.at.line).unwrap_or(usize::MAX).saturating_sub(1);
    let slip = failure.may_be_a_slip().then(|| find_slip(text, stop, |repaired| judge_text(repaired, file))).flatten();
    // For valid YAML with features outside the language, a slip explains it only if its repair leaves no problem.
    let slip = slip.filter(|(verdict, _)| failure.mistake == Mistake::Syntax || *verdict == Verdict::Parsed(0));
    match slip {
        Some((_, Slip { line, column, mistake, message, help })) => {
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
            let at = Position { file: file.clone(), line: number(line), column: number(column) };
            let message = match failure.mistake {
                Mistake::Syntax => format!("not valid YAML: {message}"),
                _ => message,
            };
            diagnostics.report(mistake, &at, message, help);
        }
        None => diagnostics.report(failure.mistake, &failure.at, failure.message, failure.help),
    }
    None
}

/// Returns how far a text can be parsed, and how many problems of form it has.
fn judge_text(text: &str, file: &Arc<str>) -> Verdict {
    let mut unread = Diagnostics::default();
    let verdict = match yaml::parse(text, file, &mut unread) {
        Ok(root) => {
            read(root, file, &mut unread);
            Verdict::Parsed(unread.count_problems())
        }
        Err(failure) => {
            Verdict::StopsAt(Reverse(usize::try_from(failure.at.line).unwrap_or_default().saturating_sub(1)))
        }
    };
    // Only the number of problems matters.
    let _ = unread.into_report();
    verdict
}

/// Reads a document as the kind of file that its path implies.
fn read(root: Node, file: &str, diagnostics: &mut Diagnostics) {
    let nameless = Located { value: String::new(), at: Position::start(file) };
    match file.rsplit('/').next() {
        Some("gateway.yaml") => _ = RawGateway::read(nameless, root, diagnostics),
        Some("types.yaml") => _ = RawTypes::read(root, diagnostics),
        Some("callbacks.yaml") => {
            for (name, node) in parse_entries(root, "the file", diagnostics) {
                let _ = RawCallback::read(name, node, diagnostics);
            }
        }
        _ => _ = RawAction::read_file(root, diagnostics),
    }
}
