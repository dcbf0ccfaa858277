//! The page of one exchange: both envelopes, their fields, and the digest step by step.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use ottpay::envelope::{Alteration, Message as Envelope, Value};
use serde::{Deserialize, Serialize};

use super::again::{Command, list_commands};
use super::problem::Problem;
use super::render::{render_attachment, render_page, render_text};
use super::rows::MessageRow;
use crate::engine::Engine;
use crate::redact::{Redaction, redact_concatenation, redact_fields};
use crate::server::blocking::run_blocking;
use crate::store::{Exchange, MAX_BODY};

/// The page, which is also available as JSON.
#[derive(Template, Serialize)]
#[template(path = "message.html")]
struct Message {
    #[serde(flatten)]
    line: MessageRow,
    sides: Vec<Side>,
    /// Commands that send the message again.
    again: Vec<Command>,
    /// The query string of the current view.
    #[serde(skip)]
    query: &'static str,
}

/// The page as plain text.
#[derive(Template)]
#[template(path = "message.txt")]
struct MessageText<'a> {
    page: &'a Message,
}

/// The message of one party.
#[derive(Default, Serialize)]
struct Side {
    #[serde(skip)]
    id: &'static str,
    title: &'static str,
    /// The body; `None` while a sensitive value is hidden, because a short value could be guessed from the digest in
    /// the body.
    body: Option<String>,
    /// Whether only the beginning of the body was stored.
    cut: bool,
    steps: Vec<Step>,
    fields: Vec<(String, String)>,
    concatenation: Option<String>,
    /// The computed digest, and the received one.
    digests: Option<(String, String)>,
    /// Whether a sensitive value is left out.
    hidden: bool,
}

#[derive(Serialize)]
struct Step {
    title: &'static str,
    details: Vec<String>,
    problem: Option<String>,
    cause: Option<String>,
}

impl Step {
    /// Describes the check that a client makes after it has verified a callback.
    fn of_alterations(alterations: &[Alteration]) -> Self {
        let refused = !alterations.is_empty();
        let cause = "a client rejects it as possibly altered, and the shop queries the order".to_owned();
        Self {
            title: "check whether it contains parts of another callback",
            details: Vec::new(),
            problem: refused.then(|| Alteration::describe_all(alterations)),
            cause: refused.then_some(cause),
        }
    }
}

/// How a body is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// As the gateway reads a request.
    Request,
    /// As a merchant reads a reply of the gateway.
    Reply,
    /// As a merchant reads a callback, whose sender is not known.
    Callback,
    /// As fields in clear text, or as an acknowledgement in any format.
    Plain,
}

impl Side {
    fn new(
        engine: &Engine,
        (id, title): (&'static str, &'static str),
        body: &[u8],
        reader: Reader,
        redaction: &Redaction,
    ) -> Self {
        let mut side = Self { id, title, ..Self::default() };
        match reader {
            Reader::Plain => side.list_fields(body, redaction),
            Reader::Request | Reader::Reply | Reader::Callback => side.explain_steps(engine, body, reader, redaction),
        }
        side.hidden |= may_reveal(body, redaction);
        if side.hidden {
            return side;
        }
        side.body = Some(String::from_utf8_lossy(body).into_owned());
        if reader == Reader::Plain {
            // The body already shows them.
            side.fields.clear();
        }
        side
    }

    /// Lists the fields of a call without an envelope.
    fn list_fields(&mut self, body: &[u8], redaction: &Redaction) {
        let Ok((_, fields)) = Envelope::read_plain(body) else {
            self.cut = body.len() >= MAX_BODY;
            return;
        };
        for (name, value) in fields.iter() {
            let hides = redaction.is_hidden(name);
            let shown = || value.as_text().unwrap_or("(a list or an object)").to_owned();
            self.fields.push((name.to_owned(), if hides { format!("[{name}]") } else { shown() }));
        }
    }

    /// Explains the steps of opening a message, and its fields.
    fn explain_steps(&mut self, engine: &Engine, body: &[u8], reader: Reader, redaction: &Redaction) {
        if let (Reader::Request, Err(error), Ok(_)) = (reader, Envelope::read(body), Envelope::read_callback(body)) {
            let cause = "the body is a form, but only callbacks may be forms; send the request as JSON".to_owned();
            let (title, problem) = ("read the body", Some(error.to_string()));
            self.steps = vec![Step { title, details: Vec::new(), problem, cause: Some(cause) }];
            return;
        }
        let explanation = engine.explain(body);
        if body.len() >= MAX_BODY && !explanation.is_verified() {
            self.cut = true;
            return;
        }
        (self.fields, self.hidden) = redact_fields(&explanation, redaction);
        self.concatenation = redact_concatenation(&explanation, &self.fields, self.hidden);
        // A short hidden value could be guessed from the digest.
        let digests = explanation.md5_computed().zip(explanation.md5_received()).filter(|_| !self.hidden);
        self.digests = digests.map(|(computed, received)| (computed.to_owned(), received.to_owned()));
        let (hidden, is_verified) = (self.hidden, explanation.is_verified());
        let steps = explanation.steps.into_iter().map(|step| Step {
            title: step.title,
            // Details may contain any value.
            details: if hidden { Vec::new() } else { step.details },
            problem: step.failure.as_ref().map(ToString::to_string),
            cause: step.failure.and_then(|failure| failure.cause),
        });
        self.steps = steps.collect();
        if reader == Reader::Callback && is_verified {
            self.steps.push(Step::of_alterations(&engine.find_alterations(body)));
        }
    }

    /// Returns whether opening reached the values.
    fn has_values(&self) -> bool {
        !self.steps.is_empty() && !self.fields.is_empty()
    }
}

/// Returns whether a body may contain a sensitive value in clear text: in a field of that name, or in an unreadable
/// part.
fn may_reveal(body: &[u8], redaction: &Redaction) -> bool {
    let inside = || redaction.is_named_in(&String::from_utf8_lossy(body));
    match Envelope::read_plain(body) {
        Ok((_, fields)) => fields.iter().any(|(name, value)| {
            let is_named = redaction.is_hidden(name);
            is_named || (matches!(value, Value::Nested(_)) && inside())
        }),
        Err(_) => inside(),
    }
}

/// Builds both sides of an exchange. Calls without an envelope, links, refusals and acknowledgements have no steps.
fn build_sides(engine: &Engine, exchange: &Exchange, redaction: &Redaction) -> Vec<Side> {
    if exchange.is_unserved() {
        return Vec::new();
    }
    let (titles, reader) = match exchange.callback {
        Some(_) => (("The gateway sent", "The merchant answered"), Reader::Callback),
        None => (("The merchant sent", "The gateway answered"), Reader::Request),
    };
    let target = exchange.target.as_str();
    let is_plain =
        exchange.callback.is_none() && (engine.is_plain_path(target) || engine.resolve_link(target).is_some());
    let is_sealed = Envelope::read(&exchange.answer).is_ok_and(|answer| answer.text("data").is_some());
    let sent = if is_plain { Reader::Plain } else { reader };
    let answer = if is_sealed && exchange.callback.is_none() { Reader::Reply } else { Reader::Plain };
    vec![
        Side::new(engine, ("sent", titles.0), &exchange.sent, sent, redaction),
        Side::new(engine, ("answer", titles.1), &exchange.answer, answer, redaction),
    ]
}

#[derive(Deserialize)]
pub(super) struct Shown {
    show: Option<String>,
}

pub(super) async fn show_message(
    State(engine): State<Arc<Engine>>,
    Path(serial): Path<i64>,
    Query(shown): Query<Shown>,
) -> Result<Response, Problem> {
    respond(engine, serial, shown, |page| render_page(StatusCode::OK, page)).await
}

pub(super) async fn download_json(
    State(engine): State<Arc<Engine>>,
    Path(serial): Path<i64>,
    Query(shown): Query<Shown>,
) -> Result<Response, Problem> {
    respond(engine, serial, shown, move |page| {
        let json = serde_json::to_string_pretty(page).map_err(|error| askama::Error::Custom(error.into()));
        render_attachment(&format!("message-{serial}.json"), "application/json", json)
    })
    .await
}

pub(super) async fn download_text(
    State(engine): State<Arc<Engine>>,
    Path(serial): Path<i64>,
    Query(shown): Query<Shown>,
) -> Result<Response, Problem> {
    respond(engine, serial, shown, move |page| render_text(&format!("message-{serial}.txt"), &MessageText { page }))
        .await
}

async fn respond(
    engine: Arc<Engine>,
    serial: i64,
    shown: Shown,
    render: impl FnOnce(&Message) -> Response + Send + 'static,
) -> Result<Response, Problem> {
    run_blocking(move || {
        let unknown = || Problem {
            status: StatusCode::NOT_FOUND,
            text: format!("there is no message {serial}, or it was deleted"),
        };
        let exchange = engine.exchange(serial)?.ok_or_else(unknown)?;
        Ok(render(&build_message(&engine, &exchange, &shown)))
    })
    .await
}

fn build_message(engine: &Engine, exchange: &Exchange, shown: &Shown) -> Message {
    let sensitive = Redaction::of_sensitive(engine.gateway());
    // Commands never contain a sensitive value, whatever the page shows.
    let hides_body = build_sides(engine, exchange, &sensitive).first().is_none_or(|side| side.hidden);
    let (query, redaction) = match shown.show.as_deref() {
        Some("sensitive") => ("?show=sensitive", Redaction::default()),
        _ => ("", sensitive),
    };
    Message {
        line: MessageRow::from(exchange),
        sides: build_sides(engine, exchange, &redaction),
        again: list_commands(engine, exchange, hides_body),
        query,
    }
}
