//! Draws an order's story as a sequence diagram of shop, gateway and buyer.

use ottpay::spec::Protocol;

use super::rows::describe_outcome;
use super::story::Step;
use crate::clock::format_wire_time;
use crate::code;
use crate::engine::Engine;
use crate::line::fit;
use crate::store::{Exchange, Topic};

/// The maximum number of steps in a diagram, which has the latest ones.
const MAX_STEPS: usize = 40;

/// The maximum number of notes of a step.
const MAX_NOTES: usize = 4;

/// The maximum length of labels, in characters: on an arrow, and on a separate line.
const MAX_LABEL: usize = 24;
const MAX_LINE: usize = 58;

/// The top of the lifelines, and the height of a line of text.
const TOP: u32 = 30;
const LINE: u32 = 14;

/// A participant.
#[derive(Clone, Copy)]
enum Party {
    Shop,
    Gateway,
    Buyer,
}

impl Party {
    fn x(self) -> u32 {
        match self {
            Self::Shop => 65,
            Self::Gateway => 205,
            Self::Buyer => 345,
        }
    }
}

/// A diagram with its layout, ready for the template.
pub(super) struct Diagram {
    pub(super) height: u32,
    pub(super) arrows: Vec<Arrow>,
    pub(super) texts: Vec<Text>,
    /// Whether earlier steps are missing.
    pub(super) is_cut: bool,
}

/// A horizontal line with a head, which is an SVG path.
pub(super) struct Arrow {
    pub(super) class: &'static str,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) y: u32,
    /// An arrow head, or a cross if the message did not arrive.
    pub(super) head: String,
}

/// A line of text.
pub(super) struct Text {
    pub(super) class: &'static str,
    pub(super) anchor: &'static str,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) text: String,
}

impl Diagram {
    /// Draws the latest steps.
    pub(super) fn draw(engine: &Engine, steps: &[Step<'_>]) -> Self {
        let omitted = steps.len().saturating_sub(MAX_STEPS);
        let mut diagram = Self { height: TOP, arrows: Vec::new(), texts: Vec::new(), is_cut: omitted > 0 };
        for step in steps.iter().skip(omitted) {
            diagram.add_step(engine, step);
        }
        diagram.height += LINE;
        diagram
    }

    fn add_step(&mut self, engine: &Engine, step: &Step<'_>) {
        let time = format_wire_time(step.time());
        // The list of events shows the date.
        let time = time.split_once(' ').map_or(&*time, |(_, time)| time);
        self.add_text("time", "start", 0, self.height + 2 * LINE, time.to_owned());
        match step {
            Step::Request(exchange) => self.add_request(engine, exchange),
            Step::Callback(exchange, attempt) => self.add_callback(exchange, *attempt),
            Step::Buyer(event) => {
                let word = match event.topic() {
                    Topic::State { word, .. } => word,
                    Topic::Attempt | Topic::Other => &event.what,
                };
                self.add_arrow(Party::Buyer, Party::Gateway, "arrow", true, word);
            }
            Step::Event(event) => {
                self.height += 2 * LINE;
                let text = fit(&event.what, MAX_LINE);
                self.add_text("event", "middle", Party::Gateway.x(), self.height, text);
            }
        }
        self.height += LINE / 2;
    }

    fn add_request(&mut self, engine: &Engine, exchange: &Exchange) {
        let info = exchange.action.as_deref().and_then(|name| engine.gateway().find_method(name));
        let is_link = info.is_some_and(|info| info.protocol == Protocol::Link);
        let sender = if is_link { Party::Buyer } else { Party::Shop };
        self.add_arrow(sender, Party::Gateway, "arrow", true, info.map_or("request", |info| info.action));
        let arrives = exchange.status.is_some();
        self.add_arrow(Party::Gateway, sender, "arrow answer", arrives, &describe_outcome(exchange));
        let accepts = |code: &String| [code::SUCCESS, code::PROCESSING].contains(&code.as_str());
        let is_refused = !arrives || !exchange.code.as_ref().is_none_or(accepts);
        self.add_notes(exchange, is_refused);
    }

    fn add_callback(&mut self, exchange: &Exchange, attempt: Option<usize>) {
        let label = attempt.map_or_else(|| "callback".to_owned(), |attempt| format!("callback, attempt {attempt}"));
        self.add_arrow(Party::Gateway, Party::Shop, "arrow", true, &label);
        let arrives = exchange.status.is_some();
        self.add_arrow(Party::Shop, Party::Gateway, "arrow answer", arrives, &describe_outcome(exchange));
        self.add_notes(exchange, !matches!(exchange.status, Some(200..=299)));
    }

    /// Adds an arrow with its label. It ends halfway if the message does not arrive.
    fn add_arrow(&mut self, from: Party, to: Party, class: &'static str, arrives: bool, label: &str) {
        self.height += 2 * LINE;
        let (from, to) = (from.x(), to.x());
        let middle = u32::midpoint(from, to);
        self.add_text("label", "middle", middle, self.height - 4, fit(label, MAX_LABEL));
        let (class, to, head) = if arrives {
            let back = if to > from { '-' } else { ' ' };
            // A triangle whose point touches the lifeline of the receiver.
            (class, to, format!("M{to} {}l{back}7 -3.5v7z", self.height))
        } else {
            // A cross at the place where the message is lost.
            ("arrow lost", middle, format!("M{} {}l8 6m0 -6l-8 6", middle - 4, self.height - 3))
        };
        self.arrows.push(Arrow { class, from, to, y: self.height, head });
    }

    /// Adds the note of an exchange and its leniencies.
    fn add_notes(&mut self, exchange: &Exchange, is_refused: bool) {
        let (class, mark) = if is_refused { ("refused", "✗") } else { ("warned", "!") };
        let notes = exchange.note.iter().map(|note| (class, mark, note.clone()));
        let accepted = exchange.notes.iter().map(|note| ("warned", "!", format!("{}: {}", note.name, note.text)));
        for (class, mark, note) in notes.chain(accepted).take(MAX_NOTES) {
            self.height += LINE;
            let text = format!("{mark} {}", fit(&note, MAX_LINE));
            self.add_text(class, "start", Party::Shop.x() + 5, self.height, text);
        }
    }

    fn add_text(&mut self, class: &'static str, anchor: &'static str, x: u32, y: u32, text: String) {
        self.texts.push(Text { class, anchor, x, y, text });
    }
}
