//! One problem, and its form on a terminal and in the compiler's output.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::mistake::Mistake;
use super::place::Place;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub mistake: Mistake,
    /// The description: lower case, no full stop.
    pub message: String,
    /// The position.
    pub place: Place,
    /// A second position that explains the problem, with its label.
    pub related: Option<(Place, String)>,
    /// How to fix it.
    pub help: String,
}

/// The width in columns at which long lines are truncated, so that a message is readable in an editor.
const WIDTH: usize = 120;

impl Diagnostic {
    /// Formats the message with its source lines for a terminal, in colours if wanted. A message about a whole file or
    /// folder has no source line.
    pub fn render(&self, colours: bool) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        self.render_with(&renderer.term_width(WIDTH), Level::ERROR)
    }

    fn render_with(&self, renderer: &Renderer, level: Level<'_>) -> String {
        let Self { message, place, related, help, .. } = self;
        render_message(renderer, level, message, place, related.as_ref(), help)
    }
}

/// A flaw that hinders readers, but does not fail a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The description: lower case, no full stop.
    pub message: String,
    /// The position.
    pub place: Place,
    /// How to fix it.
    pub help: String,
}

impl Warning {
    /// Formats the message with its source line for a terminal, in colours if wanted.
    pub fn render(&self, colours: bool) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        render_message(&renderer.term_width(WIDTH), Level::WARNING, &self.message, &self.place, None, &self.help)
    }
}

fn render_message(
    renderer: &Renderer,
    level: Level<'_>,
    message: &str,
    place: &Place,
    related: Option<&(Place, String)>,
    help: &str,
) -> String {
    let title = level.primary_title(message);
    let mut group = match &place.line {
        Some(line) => title.element(build_snippet(place, line, None, AnnotationKind::Primary)),
        None => title.element(Origin::path(&*place.position.file)),
    };
    if let Some((place, label)) = related {
        group = match &place.line {
            Some(line) => group.element(build_snippet(place, line, Some(label), AnnotationKind::Context)),
            None => group.element(Origin::path(&*place.position.file)).element(Level::NOTE.message(label)),
        };
    }
    renderer.render(&[group.element(Level::HELP.message(help))])
}

fn build_snippet<'a>(
    place: &'a Place,
    line: &'a str,
    label: Option<&'a str>,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotation = kind.span(place.token_range(line)).label(label);
    let number = usize::try_from(place.position.line).unwrap_or(usize::MAX);
    Snippet::source(line).path(&*place.position.file).line_start(number).annotation(annotation)
}

/// Formats the message with its source lines for a compiler, which prints `error: ` itself.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render_with(&Renderer::plain().term_width(WIDTH), Level::ERROR.no_name()))
    }
}
