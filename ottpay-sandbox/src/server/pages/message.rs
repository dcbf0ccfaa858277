//! One exchange of messages: both envelopes, their fields, and the digest step by step.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ottpay::envelope::explain::explain;
use ottpay::envelope::{Message as Envelope, Value};
use serde::Deserialize;

use super::{broken_database, page};
use crate::check;
use crate::clock;
use crate::engine::Engine;
use crate::reply;
use crate::store::{Exchange, MAX_BODY};
use crate::trace::{self, Sensitive};

/// One exchange in a list.
pub(super) struct Line {
    pub(super) serial: i64,
    pub(super) at: String,
    pub(super) title: String,
    pub(super) order_id: String,
    pub(super) order_path: Option<String>,
    pub(super) outcome: String,
    pub(super) note: Option<String>,
}

impl From<&Exchange> for Line {
    fn from(exchange: &Exchange) -> Self {
        let target = &exchange.target;
        let title = match (exchange.callback, &exchange.action) {
            (Some(_), _) => "callback".to_owned(),
            (None, Some(name)) => format!("{name} to {target}"),
            // What it says of itself, which nobody has verified.
            (None, None) => match Envelope::read(&exchange.sent).ok().as_ref().and_then(|sent| sent.text("action")) {
                Some(action) => format!("{action:.40} to {target}, refused"),
                None => format!("unreadable request to {target}"),
            },
        };
        let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        Self {
            serial: exchange.serial,
            at: clock::wire(exchange.at),
            title,
            order_path: exchange.order_id.as_deref().map(reply::path_of),
            order_id: exchange.order_id.clone().unwrap_or_default(),
            outcome: exchange.code.as_ref().map_or(status.clone(), |code| format!("{code} ({status})")),
            note: exchange.note.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    line: Line,
    sides: Vec<Side>,
}

/// What one of the two sent.
#[derive(Default)]
struct Side {
    id: &'static str,
    title: &'static str,
    /// Nothing while a sensitive value is hidden: the digest in it would give a short one away.
    body: Option<String>,
    /// Whether only the beginning of the body was kept.
    cut: bool,
    steps: Vec<Step>,
    fields: Vec<(String, String)>,
    concatenation: Option<String>,
    /// The digest of the values, and the one that is stated.
    digests: Option<(String, String)>,
    /// Whether a sensitive value is left out.
    hidden: bool,
}

struct Step {
    title: &'static str,
    details: Vec<String>,
    problem: Option<String>,
    cause: Option<String>,
}

/// How a body is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// As the gateway reads what is posted to it.
    Request,
    /// As a merchant reads what the gateway sends.
    Callback,
    /// As fields in clear text, or as an acknowledgement in no form at all.
    Plain,
}

impl Side {
    fn of(
        engine: &Engine,
        (id, title): (&'static str, &'static str),
        body: &[u8],
        reader: Reader,
        sensitive: &Sensitive,
    ) -> Self {
        let mut side = Self { id, title, ..Self::default() };
        match reader {
            Reader::Plain => side.list(body, sensitive),
            Reader::Request | Reader::Callback => side.explain(engine, body, reader, sensitive),
        }
        side.hidden |= in_clear(body, sensitive);
        if side.hidden {
            return side;
        }
        side.body = Some(String::from_utf8_lossy(body).into_owned());
        if reader == Reader::Plain {
            // They stand in the body as they are.
            side.fields.clear();
        }
        side
    }

    /// The fields of a plain call.
    fn list(&mut self, body: &[u8], sensitive: &Sensitive) {
        let Ok((_, fields)) = Envelope::read_plain(body) else {
            self.cut = body.len() >= MAX_BODY;
            return;
        };
        for (name, value) in fields.iter() {
            let hides = sensitive.hides(name);
            let shown = || value.as_text().map_or_else(|| "(a list or an object)".to_owned(), Cow::into_owned);
            self.fields.push((name.to_owned(), if hides { format!("[{name}]") } else { shown() }));
        }
    }

    /// The steps of opening, and what came out.
    fn explain(&mut self, engine: &Engine, body: &[u8], reader: Reader, sensitive: &Sensitive) {
        if let (Reader::Request, Err(error), Ok(_)) = (reader, Envelope::read(body), Envelope::read_callback(body)) {
            let cause = "it is a form, as only callbacks may be; send the request as JSON".to_owned();
            let (title, problem) = ("read the body", Some(error.to_string()));
            self.steps = vec![Step { title, details: Vec::new(), problem, cause: Some(cause) }];
            return;
        }
        let explanation = explain(body, &engine.sign_key, engine.cipher);
        if body.len() >= MAX_BODY && !explanation.is_verified() {
            self.cut = true;
            return;
        }
        (self.fields, self.hidden) = trace::shown(&explanation, sensitive);
        self.concatenation = trace::concatenation(&explanation, &self.fields, self.hidden);
        // From the digest a short value that is hidden could be guessed.
        let digests = explanation.md5_computed().zip(explanation.md5_received()).filter(|_| !self.hidden);
        self.digests = digests.map(|(computed, received)| (computed.to_owned(), received.to_owned()));
        let hidden = self.hidden;
        let steps = explanation.steps.into_iter().map(|step| Step {
            title: step.title,
            // They may hold any value.
            details: if hidden { Vec::new() } else { step.details },
            problem: step.failure.as_ref().map(ToString::to_string),
            cause: step.failure.and_then(|failure| failure.cause),
        });
        self.steps = steps.collect();
    }

    /// Whether it came to the values.
    fn has_values(&self) -> bool {
        !self.steps.is_empty() && !self.fields.is_empty()
    }
}

/// Whether a sensitive value may stand in a body as it is: by its name, or in what cannot be read.
fn in_clear(body: &[u8], sensitive: &Sensitive) -> bool {
    let inside = || sensitive.is_in(&String::from_utf8_lossy(body));
    match Envelope::read_plain(body) {
        Ok((_, fields)) => fields.iter().any(|(name, value)| {
            let is_named = sensitive.hides(name);
            is_named || (matches!(value, Value::Nested(_)) && inside())
        }),
        Err(_) => inside(),
    }
}

/// Both sides of an exchange. Plain calls, links, refusals and acknowledgements have no steps.
fn sides(engine: &Engine, exchange: &Exchange, sensitive: &Sensitive) -> Vec<Side> {
    let (titles, reader) = match exchange.callback {
        Some(_) => (("The gateway sent", "The merchant answered"), Reader::Callback),
        None => (("The merchant sent", "The gateway answered"), Reader::Request),
    };
    let target = exchange.target.as_str();
    let is_plain = exchange.callback.is_none()
        && (check::plain_calls(engine.gateway, target).next().is_some()
            || check::link(engine.gateway, target).is_some());
    let is_sealed = Envelope::read(&exchange.answer).is_ok_and(|answer| answer.text("data").is_some());
    let sent = if is_plain { Reader::Plain } else { reader };
    let answer = if is_sealed && exchange.callback.is_none() { Reader::Callback } else { Reader::Plain };
    vec![
        Side::of(engine, ("sent", titles.0), &exchange.sent, sent, sensitive),
        Side::of(engine, ("answer", titles.1), &exchange.answer, answer, sensitive),
    ]
}

#[derive(Deserialize)]
pub(super) struct Shown {
    show: Option<String>,
}

pub(super) async fn show(
    State(engine): State<Arc<Engine>>,
    Path(serial): Path<i64>,
    Query(shown): Query<Shown>,
) -> Response {
    let exchange = match engine.store.exchange(serial) {
        Ok(Some(exchange)) => exchange,
        Ok(None) => {
            let text = format!("there is no message {serial}, or not any more\n");
            return (StatusCode::NOT_FOUND, text).into_response();
        }
        Err(error) => return broken_database(&error),
    };
    let sensitive = match shown.show.as_deref() {
        Some("sensitive") => Sensitive::default(),
        _ => Sensitive::of(engine.gateway),
    };
    page(StatusCode::OK, &Message { line: Line::from(&exchange), sides: sides(&engine, &exchange, &sensitive) })
}
