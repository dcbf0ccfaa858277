//! Collects the problems of all files. Whoever has a collector must look into it: dropping it unread is a defect of the
//! generator, and panics.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::{Diagnostic, Mistake, Place, Position};

/// How many problems are shown at once; nobody reads more.
pub const MAX_SHOWN: usize = 20;

/// Every problem that was found, of all files.
#[derive(Debug, Default)]
#[must_use = "problems that nobody reads let a broken specification through"]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// Places that cannot be used because of a problem that is reported elsewhere.
    spoilt: Vec<(String, Position)>,
    /// Text of the files, for the lines to show.
    sources: BTreeMap<String, String>,
    consumed: bool,
}

impl Diagnostics {
    /// Adds a problem, and what to do about it.
    pub fn report(
        &mut self,
        mistake: Mistake,
        file: &str,
        at: Position,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.found.push(Diagnostic {
            mistake,
            message: message.into(),
            place: place(file, at),
            related: None,
            help: help.into(),
        });
    }

    /// Adds a problem that has to do with another place: where that is, and what is there.
    pub fn report_beside(
        &mut self,
        mistake: Mistake,
        (file, at): (&str, Position),
        message: impl Into<String>,
        (other, other_at, label): (&str, Position, &str),
        help: impl Into<String>,
    ) {
        self.found.push(Diagnostic {
            mistake,
            message: message.into(),
            place: place(file, at),
            related: Some((place(other, other_at), label.to_owned())),
            help: help.into(),
        });
    }

    /// Marks what stands here as unusable, because of a problem that is reported elsewhere.
    pub(crate) fn spoil(&mut self, file: &str, at: Position) {
        self.spoilt.push((file.to_owned(), at));
    }

    /// Keeps the text of a file, for the lines to show.
    pub(crate) fn keep(&mut self, file: &str, text: &str) {
        // A byte-order mark takes no column.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.sources.insert(file.to_owned(), text.to_owned());
    }

    /// Text of a file that was read, whatever is in it.
    pub(crate) fn text(&self, file: &str) -> &str {
        self.sources.get(file).map_or("", String::as_str)
    }

    /// Whether there is a problem in the file from one place on, up to another.
    pub(crate) fn has_in(&self, file: &str, from: Position, until: Option<Position>) -> bool {
        let within = |of: &str, at: Position| of == file && at >= from && until.is_none_or(|until| at < until);
        self.found.iter().any(|found| within(&found.place.file, found.place.position))
            || self.spoilt.iter().any(|(of, at)| within(of, *at))
    }

    /// How many problems and unusable places there are so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len() + self.spoilt.len()
    }

    /// Whether there is a problem at all.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problems, by file and place.
    pub fn into_report(mut self) -> Report {
        self.consumed = true;
        let mut found = std::mem::take(&mut self.found);
        found.sort_by(|a, b| (&a.place.file, a.place.position).cmp(&(&b.place.file, b.place.position)));
        let lines: BTreeMap<&str, Vec<&str>> =
            self.sources.iter().map(|(file, text)| (file.as_str(), text.lines().collect())).collect();
        for diagnostic in &mut found {
            fill(&mut diagnostic.place, &lines);
            if let Some((place, _)) = &mut diagnostic.related {
                fill(place, &lines);
            }
        }
        Report { found }
    }
}

fn fill(place: &mut Place, lines: &BTreeMap<&str, Vec<&str>>) {
    let index = usize::try_from(place.position.line).unwrap_or(usize::MAX).saturating_sub(1);
    let line = lines.get(place.file.as_str()).and_then(|lines| lines.get(index));
    place.line = line.map(|line| (*line).to_owned());
}

fn place(file: &str, position: Position) -> Place {
    Place { file: file.to_owned(), position, line: None }
}

impl Drop for Diagnostics {
    #[allow(clippy::panic, reason = "a defect of the generator, which no file can cause")]
    fn drop(&mut self) {
        if !self.consumed && !std::thread::panicking() {
            panic!("the problems of a specification were dropped unread");
        }
    }
}

/// Every problem that was found, in the order in which people read them.
#[derive(Debug, Clone, Default)]
pub struct Report {
    found: Vec<Diagnostic>,
}

impl Report {
    /// Every problem.
    pub fn all(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problems to be shown, each as a compile error at `span`.
    pub fn errors(&self, span: Span) -> Vec<TokenStream> {
        self.texts().iter().map(|text| quote_spanned!(span=> ::core::compile_error!(#text))).collect()
    }

    /// The problems to be shown, each as one text; the last says how many are left out.
    pub fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.found.iter().take(MAX_SHOWN).map(ToString::to_string).collect();
        match self.found.len().saturating_sub(MAX_SHOWN) {
            0 => {}
            1 => texts.push("1 more problem is not shown; mend these first".to_owned()),
            more => texts.push(format!("{more} more problems are not shown; mend these first")),
        }
        texts
    }
}
