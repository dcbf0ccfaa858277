//! Serves the engine over HTTP.

mod blocking;
mod cause;
mod control;
mod gateway;
mod guard;
mod login;
mod pages;
mod routes;
mod site;
mod unserved;

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::engine::Engine;
use crate::security::Security;

/// Serves connections until the task is aborted, which also ends the connections.
pub(crate) async fn serve(listeners: Vec<TcpListener>, security: Security, engine: Arc<Engine>) {
    let report = |error: &io::Error, count| tracing::warn!(%error, count, "connections could not be accepted");
    let router = routes::build_router(engine);
    match security {
        Security::Plain => ottpay_server::serve(listeners, router, report).await,
        #[cfg(feature = "tls")]
        Security::Tls(tls) => {
            let refused = |peer: std::net::SocketAddr, error: &io::Error, count| {
                tracing::warn!(%peer, %error, count, "a TLS handshake failed; does the client trust the sandbox's authority?");
            };
            ottpay_server::serve_tls(listeners, router, tls, report, refused).await;
        }
    }
}
