//! HTTP around the engine. The connections are served by hand, because a fault may have to break one.

mod control;
mod gateway;
mod guard;
mod pages;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit};
use axum::http::{Request, Response};
use axum::middleware;
use axum::response::Redirect;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::engine::Engine;

pub(crate) use guard::CALLBACK;

/// How many connections are served at once.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Put into a response, this breaks the connection instead of sending it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// Close it.
    Close,
    /// Reset it.
    Reset,
}

/// The connection is broken on demand.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken on demand")]
struct Broken(Break);

/// Serves until the task is aborted; connections end with it.
pub(crate) async fn serve(listener: TcpListener, engine: Arc<Engine>) {
    let inside = Router::new()
        .route("/sandbox/", get(async || Redirect::permanent("/sandbox")))
        .nest("/sandbox", pages::developer().merge(control::router()).layer(middleware::from_fn(guard::this_machine)));
    let app = Router::new()
        .merge(inside)
        .merge(pages::buyer().layer(middleware::from_fn_with_state(Arc::clone(&engine), guard::known_name)))
        .fallback(gateway::answer)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(guard::whole))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), guard::same_site))
        .with_state(engine);
    // Around all of it, as a router says last which methods it would have taken.
    let app = Router::new().fallback_service(app).layer(middleware::from_fn(control::wrong_as_json));
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let app = app.clone();
                connections.spawn(async move {
                    connection(stream, peer, app).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of file handles, say: others may be given back soon.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Router) {
    let _ = stream.set_nodelay(true);
    let served = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut app = app.clone();
        async move {
            let answered: Result<Response<Body>, Infallible> = app.call(request.map(Body::new)).await;
            let response = answered.unwrap_or_else(|never| match never {});
            match response.extensions().get::<Break>() {
                Some(&kind) => Err(Broken(kind)),
                None => Ok(response),
            }
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), served);
    if let Err(error) = (&mut connection).await
        && let Some(Broken(Break::Reset)) =
            std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Broken>())
    {
        // Closed with this, the connection is reset.
        let _ = socket2::SockRef::from(connection.into_parts().io.inner()).set_linger(Some(Duration::ZERO));
    }
}
