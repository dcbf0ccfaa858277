//! One exchange of messages: both envelopes, their fields, and the digest step by step.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ottpay::envelope::Message as Envelope;
use ottpay::envelope::explain::explain;
use serde::Deserialize;

use super::{broken_database, page, path_of};
use crate::clock;
use crate::engine::Engine;
use crate::store::Exchange;
use crate::trace;

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
        let name = exchange.action.as_deref().unwrap_or("unreadable request");
        let title = match exchange.callback {
            Some(_) => "callback".to_owned(),
            None => format!("{name} to {}", exchange.target),
        };
        let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        Self {
            serial: exchange.serial,
            at: clock::wire(exchange.at),
            title,
            order_path: exchange.order_id.as_deref().map(path_of),
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
struct Side {
    id: &'static str,
    title: &'static str,
    body: String,
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

impl Side {
    fn of(engine: &Engine, id: &'static str, title: &'static str, body: &[u8], show: bool) -> Self {
        let text = String::from_utf8_lossy(body).into_owned();
        let mut side = Self {
            id,
            title,
            body: text,
            steps: Vec::new(),
            fields: Vec::new(),
            concatenation: None,
            digests: None,
            hidden: false,
        };
        // A plain call, a page or an acknowledgement has no steps.
        let sealed = Envelope::read_callback(body).is_ok_and(|message| message.text("data").is_some());
        if !sealed {
            return side;
        }
        let explanation = explain(body, &engine.sign_key, engine.cipher);
        let sensitive = if show { BTreeSet::new() } else { trace::sensitive_names(engine.gateway) };
        (side.fields, side.hidden) = trace::shown(&explanation, &sensitive);
        side.concatenation = trace::concatenation(&explanation, &side.fields, side.hidden);
        let digests = explanation.md5_computed().zip(explanation.md5_received());
        side.digests = digests.map(|(computed, received)| (computed.to_owned(), received.to_owned()));
        let hidden = side.hidden;
        let steps = explanation.steps.into_iter().map(|step| Step {
            title: step.title,
            // They may hold any value.
            details: if hidden { Vec::new() } else { step.details },
            problem: step.failure.as_ref().map(ToString::to_string),
            cause: step.failure.and_then(|failure| failure.cause),
        });
        side.steps = steps.collect();
        side
    }
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
    let show = shown.show.as_deref() == Some("sensitive");
    let titles = match exchange.callback {
        Some(_) => ("The gateway sent", "The merchant answered"),
        None => ("The merchant sent", "The gateway answered"),
    };
    let sides = vec![
        Side::of(&engine, "sent", titles.0, &exchange.sent, show),
        Side::of(&engine, "answer", titles.1, &exchange.answer, show),
    ];
    page(StatusCode::OK, &Message { line: Line::from(&exchange), sides })
}
