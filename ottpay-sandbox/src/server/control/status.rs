//! Calls that show the state of the sandbox.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::call::Reply;
use super::view::name_assumptions;
use crate::clock::format_rfc3339;
use crate::engine::Engine;

pub(super) async fn show_status(State(engine): State<Arc<Engine>>) -> Reply {
    Ok(Json(json!({
        "merchant_id": engine.merchant_id(),
        "requests": engine.requests(),
        "paths": engine.gateway().paths,
        "assumptions": name_assumptions(&engine),
        "now": format_rfc3339(engine.now()),
    })))
}

/// Replies when the sandbox is ready. Any machine may call it, so the reply does not contain anything else.
pub(crate) async fn report_ready() -> Json<Value> {
    Json(json!({ "ready": true }))
}
