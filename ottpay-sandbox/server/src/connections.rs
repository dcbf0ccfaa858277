//! Accepts connections and serves each in a task of its own.

use std::convert::Infallible;
use std::future::pending;
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
use tokio::time::Instant;
use tower_service::Service;

use crate::disconnect::{Disconnect, Disconnected};
use crate::failures::Failures;
use crate::places::{Place, Places};

/// The maximum number of connections that are served at once. Of more, those go first that wait for their peers.
pub const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// How long nothing is accepted after a failure of this machine.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Serves until the task is aborted; connections end with it. The extensions of a request contain
/// `ConnectInfo<SocketAddr>`.
///
/// `report` is told of connections that could not be accepted, for example because the process has no file descriptors
/// left: at most once a second, with the latest error and how many there were.
pub async fn serve(listener: TcpListener, app: Router, mut report: impl FnMut(&io::Error, u64)) {
    let places = Places::new(MAX_CONNECTIONS);
    let mut connections = JoinSet::new();
    let mut failures = Failures::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => Some(accepted),
            () = sleep_until(failures.due(Instant::now())) => None,
        };
        match accepted {
            Some(Ok((stream, peer))) => {
                let Some(place) = places.take().await else { return };
                connections.spawn(serve_connection(stream, peer, app.clone(), Arc::new(place)));
            }
            Some(Err(error)) => {
                let is_of_peer = is_of_peer(&error);
                failures.add(error);
                if !is_of_peer && !places.close_oldest() {
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                tokio::task::yield_now().await;
            }
            None => {}
        }
        if let Some((error, count)) = failures.take(Instant::now()) {
            report(&error, count);
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => pending().await,
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
        .max_buf_size(MAX_HEAD)
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
