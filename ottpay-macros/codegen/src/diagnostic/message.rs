//! One problem, and how a terminal and the compiler show it.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::mistake::Mistake;
use super::place::Place;

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

/// Columns at which a long line is cut, so that a message is readable in an editor and next to other output.
const WIDTH: usize = 120;

impl Diagnostic {
    /// The whole message with its source lines, for a terminal, and in its colours if wanted. A whole file or folder has no
    /// line to show.
    pub fn rendered(&self, colours: bool) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        self.render(&renderer.term_width(WIDTH), Level::ERROR)
    }

    fn render(&self, renderer: &Renderer, level: Level<'_>) -> String {
        let Self { message, place, related, help, .. } = self;
        render(renderer, level, message, place, related.as_ref(), help)
    }
}

/// Something that a reader stumbles over and no build refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is: lower case, no full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to do about it.
    pub help: String,
}

impl Warning {
    /// The whole message with its source line, for a terminal, and in its colours if wanted.
    pub fn rendered(&self, colours: bool) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        render(&renderer.term_width(WIDTH), Level::WARNING, &self.message, &self.place, None, &self.help)
    }
}

fn render(
    renderer: &Renderer,
    level: Level<'_>,
    message: &str,
    place: &Place,
    related: Option<&(Place, String)>,
    help: &str,
) -> String {
    let title = level.primary_title(message);
    let mut group = match &place.line {
        Some(line) => title.element(snippet(place, line, None, AnnotationKind::Primary)),
        None => title.element(Origin::path(&*place.position.file)),
    };
    if let Some((place, label)) = related {
        group = match &place.line {
            Some(line) => group.element(snippet(place, line, Some(label), AnnotationKind::Context)),
            None => group.element(Origin::path(&*place.position.file)).element(Level::NOTE.message(label)),
        };
    }
    renderer.render(&[group.element(Level::HELP.message(help))])
}

fn snippet<'a>(
    place: &'a Place,
    line: &'a str,
    label: Option<&'a str>,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotation = kind.span(place.token(line)).label(label);
    let number = usize::try_from(place.position.line).unwrap_or(usize::MAX);
    Snippet::source(line).path(&*place.position.file).line_start(number).annotation(annotation)
}

/// The whole message with its source lines, for a compiler, which prints `error: ` itself.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain().term_width(WIDTH), Level::ERROR.no_name()))
    }
}
