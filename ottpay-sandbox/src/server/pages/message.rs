//! One exchange of messages: both envelopes, their fields, and the digest step by step.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{broken_database, path_of};
use crate::clock;
use crate::engine::Engine;
use crate::store::Exchange;

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

pub(super) async fn show(State(engine): State<Arc<Engine>>, Path(serial): Path<i64>) -> Response {
    match engine.store.exchange(serial) {
        Ok(Some(_)) => StatusCode::OK.into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, format!("there is no message {serial}, or not any more\n")).into_response(),
        Err(error) => broken_database(&error),
    }
}
