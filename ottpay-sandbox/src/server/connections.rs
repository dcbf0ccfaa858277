//! Serves connections by hand, because a fault may have to break one.

use std::convert::Infallible;
use std::io;
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
use tokio::task::JoinSet;
use tower_service::Service;

use super::disconnect::{Disconnect, Disconnected};
use super::places::{Place, Places};
use super::routes::build_router;
use crate::engine::Engine;

/// The maximum number of connections that are served at once. Of more, those go first that wait for their peers.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// How long nothing is accepted after a failure of this machine.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Serves until the task is aborted; connections end with it.
pub(crate) async fn serve(listener: TcpListener, engine: Arc<Engine>) {
    let app = build_router(engine);
    let places = Places::new(MAX_CONNECTIONS);
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let Some(place) = places.take().await else { return };
                connections.spawn(serve_connection(stream, peer, app.clone(), Arc::new(place)));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // For example out of file descriptors.
                if !is_of_peer(&error) && !places.close_oldest() {
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                tokio::task::yield_now().await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Whether only the connection that was to be accepted is broken.
fn is_of_peer(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, app: Router, place: Arc<Place>) {
    let _ = stream.set_nodelay(true);
    let own = Arc::clone(&place);
    let served = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Arc::clone(&own));
        let (mut app, place) = (app.clone(), Arc::clone(&own));
        async move {
            let answered: Result<Response<Body>, Infallible> = app.call(request.map(Body::new)).await;
            let response = answered.unwrap_or_else(|never| match never {});
            place.end_work();
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
    let served = tokio::select! {
        biased;
        () = place.closed() => return,
        served = &mut connection => served,
    };
    if let Err(error) = served
        && let Some(Disconnected(Disconnect::Reset)) =
            std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Disconnected>())
    {
        // A close without lingering resets the connection.
        let _ = socket2::SockRef::from(connection.into_parts().io.inner()).set_linger(Some(Duration::ZERO));
    }
}
