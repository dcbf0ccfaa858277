//! Serves connections by hand, because a fault may have to break one.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower_service::Service;

use super::disconnect::{Disconnect, Disconnected};
use super::routes::build_router;
use crate::engine::Engine;

/// The maximum number of connections that are served at once.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Serves until the task is aborted; connections end with it.
pub(crate) async fn serve(listener: TcpListener, engine: Arc<Engine>) {
    let app = build_router(engine);
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let app = app.clone();
                connections.spawn(async move {
                    serve_connection(stream, peer, app).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // For example out of file descriptors: others may be closed soon.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, app: Router) {
    let _ = stream.set_nodelay(true);
    let served = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut app = app.clone();
        async move {
            let answered: Result<Response<Body>, Infallible> = app.call(request.map(Body::new)).await;
            let response = answered.unwrap_or_else(|never| match never {});
            match response.extensions().get::<Disconnect>() {
                Some(&kind) => Err(Disconnected(kind)),
                None => Ok(response),
            }
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), served);
    if let Err(error) = (&mut connection).await
        && let Some(Disconnected(Disconnect::Reset)) =
            std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Disconnected>())
    {
        // A close without lingering resets the connection.
        let _ = socket2::SockRef::from(connection.into_parts().io.inner()).set_linger(Some(Duration::ZERO));
    }
}
