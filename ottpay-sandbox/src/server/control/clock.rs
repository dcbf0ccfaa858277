//! Calls that show and advance the sandbox's clock.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::json;

use super::body::Members;
use super::call::{CallError, Reply};
use crate::clock::format_rfc3339;
use crate::engine::Engine;
use crate::server::blocking::run_blocking;

pub(super) async fn show_clock(State(engine): State<Arc<Engine>>) -> Reply {
    let ahead = engine.clock_ahead() / 1000;
    Ok(Json(json!({ "now": format_rfc3339(engine.now()), "ahead_seconds": ahead })))
}

pub(super) async fn advance_clock(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let missing = || CallError::invalid("advance_seconds: missing; set the seconds, as in {\"advance_seconds\": 1800}");
    let seconds = Members::read(&bytes, &["advance_seconds"])?.read_number("advance_seconds")?.ok_or_else(missing)?;
    let moved = Arc::clone(&engine);
    let by = Duration::from_secs(u64::from(seconds));
    run_blocking(move || moved.advance(by).map_err(CallError::from)).await?;
    show_clock(State(engine)).await
}
