//! Problems of a specification: where they are, what is wrong, what to do.

mod collector;
mod mistake;
mod place;

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

pub use collector::{Diagnostics, MAX_SHOWN, Report};
pub use mistake::Mistake;
pub use place::{Place, Position};

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub mistake: Mistake,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Another place that belongs to it, and what is there.
    pub related: Option<(Place, String)>,
    /// What to do about it.
    pub help: String,
}

/// Columns at which a long line is cut, so that a message is readable in an editor and beside other output.
const WIDTH: usize = 120;

impl Diagnostic {
    /// The whole message with its source lines, for a terminal, and in its colours if wanted.
    pub fn rendered(&self, colours: bool) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        self.render(&renderer.term_width(WIDTH), Level::ERROR)
    }

    fn render(&self, renderer: &Renderer, level: Level<'_>) -> String {
        let Self { message, place, related, help, .. } = self;
        let mut group = pointed_at(level.primary_title(message), place, None, AnnotationKind::Primary);
        if let Some((other, label)) = related {
            // A place in the same file belongs to the same picture, beside the first.
            group = pointed_at_also(group, other, label);
        }
        renderer.render(&[group.element(Level::HELP.message(help))])
    }
}

fn pointed_at<'a>(
    title: annotate_snippets::Title<'a>,
    place: &'a Place,
    label: Option<&'a str>,
    kind: AnnotationKind,
) -> Group<'a> {
    match &place.line {
        Some(line) => title.element(snippet(place, line, label, kind)),
        None => title.element(origin(place)),
    }
}

fn pointed_at_also<'a>(group: Group<'a>, place: &'a Place, label: &'a str) -> Group<'a> {
    match &place.line {
        Some(line) => group.element(snippet(place, line, Some(label), AnnotationKind::Context)),
        None => group.element(origin(place)).element(Level::NOTE.message(label)),
    }
}

fn snippet<'a>(
    place: &'a Place,
    line: &'a str,
    label: Option<&'a str>,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotation = kind.span(place.token(line)).label(label);
    let number = usize::try_from(place.position.line).unwrap_or(usize::MAX);
    Snippet::source(line).path(&place.file).line_start(number).annotation(annotation)
}

/// A whole file or folder has no line to show.
fn origin(place: &Place) -> Origin<'_> {
    Origin::path(&place.file)
}

/// The whole message with its source lines, as a compiler shows an error that says `error: ` by itself.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain().term_width(WIDTH), Level::ERROR.no_name()))
    }
}
