//! Collects the problems of all files. A collector must be turned into a report; dropping it unread is a bug in the
//! generator, and panics.

use std::collections::BTreeMap;

use super::message::Diagnostic;
use super::mistake::Mistake;
use super::place::{Place, Position};
use super::report::Report;

/// The problems of all files.
#[derive(Debug, Default)]
#[must_use = "unread problems let a broken specification through"]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// Positions that are unusable because of a problem that is reported elsewhere.
    spoilt: Vec<Position>,
    /// The text of each file, to quote its lines.
    sources: BTreeMap<String, String>,
    consumed: bool,
}

impl Diagnostics {
    /// Adds a problem, with advice on how to fix it.
    pub fn report(&mut self, mistake: Mistake, at: &Position, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Diagnostic {
            mistake,
            message: message.into(),
            place: to_place(at),
            related: None,
            help: help.into(),
        });
    }

    /// Adds a problem that involves a second position, which has a label.
    pub fn report_beside(
        &mut self,
        mistake: Mistake,
        at: &Position,
        message: impl Into<String>,
        (other, label): (&Position, &str),
        help: impl Into<String>,
    ) {
        self.found.push(Diagnostic {
            mistake,
            message: message.into(),
            place: to_place(at),
            related: Some((to_place(other), label.to_owned())),
            help: help.into(),
        });
    }

    /// Marks a position as unusable because of a problem that is reported elsewhere.
    pub(crate) fn mark_unusable(&mut self, at: &Position) {
        self.spoilt.push(at.clone());
    }

    /// Keeps the text of a file, to quote its lines.
    pub(crate) fn keep_text(&mut self, file: &str, text: &str) {
        // A byte order mark is not counted as a column.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.sources.insert(file.to_owned(), text.to_owned());
    }

    /// Returns the text of a file that was read, even if it is invalid.
    pub(crate) fn find_text(&self, file: &str) -> &str {
        self.sources.get(file).map_or("", String::as_str)
    }

    /// Whether a file has a problem.
    pub(crate) fn has_in(&self, file: &str) -> bool {
        self.places().any(|at| &*at.file == file)
    }

    /// Whether a file has a problem from one position up to another.
    pub(crate) fn has_between(&self, from: &Position, until: Option<&Position>) -> bool {
        let is_within = |at: &Position| at.file == from.file && at >= from && until.is_none_or(|until| at < until);
        self.places().any(is_within)
    }

    /// Returns the positions of problems, and the unusable positions.
    fn places(&self) -> impl Iterator<Item = &Position> {
        self.found.iter().map(|found| &found.place.position).chain(&self.spoilt)
    }

    /// Counts the problems and the unusable positions so far.
    pub(crate) fn count_problems(&self) -> usize {
        self.found.len() + self.spoilt.len()
    }

    /// Returns whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the problems, sorted by file and position.
    pub fn into_report(mut self) -> Report {
        self.consumed = true;
        let mut found = std::mem::take(&mut self.found);
        found.sort_by(|a, b| a.place.position.cmp(&b.place.position));
        let lines: BTreeMap<&str, Vec<&str>> =
            self.sources.iter().map(|(file, text)| (file.as_str(), text.lines().collect())).collect();
        for diagnostic in &mut found {
            fill_line(&mut diagnostic.place, &lines);
            if let Some((place, _)) = &mut diagnostic.related {
                fill_line(place, &lines);
            }
        }
        Report::new(found)
    }
}

fn fill_line(place: &mut Place, lines: &BTreeMap<&str, Vec<&str>>) {
    let index = usize::try_from(place.position.line).unwrap_or(usize::MAX).saturating_sub(1);
    let line = lines.get(&*place.position.file).and_then(|lines| lines.get(index));
    place.line = line.map(|line| (*line).to_owned());
}

fn to_place(position: &Position) -> Place {
    Place { position: position.clone(), line: None }
}

impl Drop for Diagnostics {
    #[allow(clippy::panic, reason = "a defect of the generator, which no file can cause")]
    fn drop(&mut self) {
        if !self.consumed && !std::thread::panicking() {
            panic!("the problems of a specification were dropped unread");
        }
    }
}
