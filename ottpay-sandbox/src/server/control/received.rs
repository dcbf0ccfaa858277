//! The call that counts requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::json;

use super::call::Reply;
use crate::engine::Engine;
use crate::server::blocking::run_blocking;
use crate::store::Counts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestsOf {
    action: Option<String>,
    order_id: Option<String>,
}

pub(super) async fn count_requests(State(engine): State<Arc<Engine>>, Query(asked): Query<RequestsOf>) -> Reply {
    run_blocking(move || {
        let Counts { accepted, refused } = engine.count_received(asked.action.as_deref(), asked.order_id.as_deref())?;
        Ok(Json(json!({ "received": accepted + refused, "accepted": accepted, "refused": refused })))
    })
    .await
}
