//! The call that lists messages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::call::{Reply, parse_number};
use super::view::{DEFAULT_LISTED, MAX_LISTED, describe_exchange};
use crate::engine::Engine;
use crate::server::blocking::run_blocking;
use crate::store::Filter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessagesOf {
    order_id: Option<String>,
    #[serde(default, deserialize_with = "parse_number")]
    before: Option<i64>,
    #[serde(default, deserialize_with = "parse_number")]
    after: Option<i64>,
    #[serde(default, deserialize_with = "parse_number")]
    limit: Option<u32>,
}

pub(super) async fn list_messages(State(engine): State<Arc<Engine>>, Query(asked): Query<MessagesOf>) -> Reply {
    run_blocking(move || {
        let MessagesOf { order_id, before, after, limit } = asked;
        let limit = limit.unwrap_or(DEFAULT_LISTED).min(MAX_LISTED);
        let filter = Filter { order_id, before, after, limit, ..Filter::default() };
        Ok(Json(engine.exchanges(filter)?.iter().map(describe_exchange).collect()))
    })
    .await
}
