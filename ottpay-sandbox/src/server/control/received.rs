//! The call that counts requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::call::{CallError, Reply, run_blocking};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::store::Counts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestsOf {
    action: Option<String>,
    order_id: Option<String>,
}

pub(super) async fn count_requests(State(engine): State<Arc<Engine>>, Query(asked): Query<RequestsOf>) -> Reply {
    run_blocking(move || {
        let counted = engine.count_received(asked.action.as_deref(), asked.order_id.as_deref());
        let Counts { accepted, refused } = counted.map_err(|error| match error {
            SandboxError::NoSuchAction { .. } => CallError::invalid(error.to_string()),
            error => CallError(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        })?;
        Ok(Json(json!({ "received": accepted + refused, "accepted": accepted, "refused": refused })))
    })
    .await
}
