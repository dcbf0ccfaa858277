//! HTTP around the engine.

mod cause;
mod control;
mod gateway;
mod guard;
mod pages;
mod routes;
mod site;
mod unserved;

use std::sync::Arc;

use tokio::net::TcpListener;

use crate::engine::Engine;

/// Serves until the task is aborted; connections end with it.
pub(crate) async fn serve(listeners: Vec<TcpListener>, engine: Arc<Engine>) {
    let report = |error: &std::io::Error, count| tracing::warn!(%error, count, "connections could not be accepted");
    ottpay_server::serve(listeners, routes::build_router(engine), report).await;
}
