//! Accepts connections and serves each in its own task.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
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
#[cfg(feature = "tls")]
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tower_service::Service;

use crate::disconnect::{Disconnect, Disconnected};
use crate::failures::Failures;
use crate::places::{Place, Places};
use crate::stream::Stream;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The maximum number of concurrent connections. When it is reached, connections that wait for their peers are closed
/// first.
pub const MAX_CONNECTIONS: usize = 1024;

/// The longest time in which the head of a request must arrive.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// The maximum length of the head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// The pause after an error of this machine, such as a lack of file descriptors, before the next connection is
/// accepted.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Serves connections to all listeners until the task is aborted, which also ends the connections.
///
/// The listeners share one limit on connections. The extensions of a request contain `ConnectInfo<SocketAddr>`.
///
/// `report` is called when connections could not be accepted, for example because the process has no file descriptors
/// left. It receives the latest error and the number of errors, at most once a second.
pub async fn serve(listeners: Vec<TcpListener>, app: Router, report: impl FnMut(&io::Error, u64)) {
    let connect = |stream, peer, app, place| serve_connection(stream, peer, app, place);
    accept_all(listeners, app, connect, report).await;
}

/// Serves connections like [`serve`], over TLS.
///
/// `refused` is called when clients do not complete the handshake, for example because they do not trust the
/// certificate. It receives the latest client, its error and the number of failures, at most once a second.
#[cfg(feature = "tls")]
pub async fn serve_tls(
    listeners: Vec<TcpListener>,
    app: Router,
    tls: Tls,
    report: impl FnMut(&io::Error, u64),
    refused: impl FnMut(SocketAddr, &io::Error, u64),
) {
    let (refusals, waiting) = mpsc::channel(MAX_CONNECTIONS);
    let connect = move |stream, peer, app, place: Arc<Place>| {
        let (tls, refusals) = (tls.clone(), refusals.clone());
        async move {
            let accepted = wait_for_handshake(&place, tls.accept(stream)).await;
            match accepted {
                Ok(stream) => serve_connection(stream, peer, app, place).await,
                // Free the place first: the report may have to wait.
                Err(error) => {
                    drop(place);
                    let _ = refusals.send((peer, error)).await;
                }
            }
        }
    };
    tokio::join!(accept_all(listeners, app, connect, report), report_refusals(waiting, refused));
}

/// Waits for a handshake, with a timeout, and gives up if the place is needed for another connection.
#[cfg(feature = "tls")]
async fn wait_for_handshake<T>(place: &Place, handshake: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_| {
        let text = format!("the TLS handshake was not completed within {} seconds", HEAD_WITHIN.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, text))
    };
    tokio::select! {
        biased;
        () = place.wait_closed() => Err(io::Error::other("too many connections: closed before the TLS handshake")),
        accepted = tokio::time::timeout(HEAD_WITHIN, handshake) => accepted.unwrap_or_else(late),
    }
}

/// Reports clients that did not complete the handshake, until the server stops accepting connections.
#[cfg(feature = "tls")]
async fn report_refusals(
    mut waiting: mpsc::Receiver<(SocketAddr, io::Error)>,
    mut report: impl FnMut(SocketAddr, &io::Error, u64),
) {
    let mut failures = Failures::new();
    loop {
        tokio::select! {
            refusal = waiting.recv() => match refusal {
                Some(refusal) => failures.add(refusal),
                None => return,
            },
            () = sleep_until(failures.due(Instant::now())) => {}
        }
        if let Some(((peer, error), count)) = failures.pop_due(Instant::now()) {
            report(peer, &error, count);
        }
    }
}

/// Accepts connections and serves each with `connect` in its own place.
async fn accept_all<F: Future<Output = ()> + Send + 'static>(
    listeners: Vec<TcpListener>,
    app: Router,
    connect: impl Fn(TcpStream, SocketAddr, Router, Arc<Place>) -> F,
    mut report: impl FnMut(&io::Error, u64),
) {
    let places = Places::new(MAX_CONNECTIONS);
    let mut connections = JoinSet::new();
    let mut failures = Failures::new();
    let mut next = 0;
    loop {
        // Rotate the listener that is polled first, so that none can starve the others.
        next = (next + 1) % listeners.len().max(1);
        let accepted = tokio::select! {
            accepted = accept(&listeners, next) => Some(accepted),
            () = sleep_until(failures.due(Instant::now())) => None,
        };
        match accepted {
            Some(Ok((stream, peer))) => {
                // A place is acquired only now, so that no waiting connection is closed for one that may never come.
                let Some(place) = places.acquire().await else { return };
                connections.spawn(connect(stream, peer, app.clone(), Arc::new(place)));
            }
            Some(Err(error)) => {
                let is_of_peer = is_of_peer(&error);
                failures.add(error);
                // Closing a connection frees a file descriptor. Without one to close, a retry at once would fail.
                if !is_of_peer && !places.close_oldest() {
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                tokio::task::yield_now().await;
            }
            None => {}
        }
        if let Some((error, count)) = failures.pop_due(Instant::now()) {
            report(&error, count);
        }
        // Finished tasks occupy memory until they are joined.
        while connections.try_join_next().is_some() {}
    }
}

/// Accepts the next connection of any listener, polling the one at index `first` first.
async fn accept(listeners: &[TcpListener], first: usize) -> io::Result<(TcpStream, SocketAddr)> {
    poll_fn(|context| {
        let (before, from_first) = listeners.split_at_checked(first).unwrap_or_default();
        let mut accepted = from_first.iter().chain(before).map(|listener| listener.poll_accept(context));
        accepted.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => pending().await,
    }
}

/// Returns whether an error concerns only the incoming connection, not this machine.
fn is_of_peer(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

async fn serve_connection(stream: impl Stream, peer: SocketAddr, app: Router, place: Arc<Place>) {
    // Nagle's algorithm could delay the last packet of a response until the peer acknowledges the others.
    let _ = stream.tcp().set_nodelay(true);
    let own = Arc::clone(&place);
    let served = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        // `read_whole` takes the place from here once the body is complete.
        request.extensions_mut().insert(Arc::clone(&own));
        let (mut app, place) = (app.clone(), Arc::clone(&own));
        async move {
            let answered: Result<Response<Body>, Infallible> = app.call(request.map(Body::new)).await;
            let response = answered.unwrap_or_else(|never| match never {});
            // From here on the connection waits for its peer to read the response.
            place.end_work();
            match response.extensions().get::<Disconnect>() {
                // After an error of the service, hyper closes the connection without a response.
                Some(&kind) => Err(Disconnected(kind)),
                None => Ok(response),
            }
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        // The whole head has to fit into this buffer.
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), served);
    let served = tokio::select! {
        biased;
        // The place already belongs to a connection that waits for it, so this comes first.
        () = place.wait_closed() => return,
        served = &mut connection => served,
    };
    if let Err(error) = served
        && let Some(Disconnected(Disconnect::Reset)) =
            std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Disconnected>())
    {
        // A linger time of zero makes the close send a TCP reset.
        let _ = socket2::SockRef::from(connection.into_parts().io.inner().tcp()).set_linger(Some(Duration::ZERO));
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use axum::http::StatusCode;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::body::read_whole;

    /// The maximum length of a body, in bytes.
    const LIMIT: usize = 1 << 20;

    /// Connects to a server that reads bodies. Returns the connection and the server's task.
    async fn connect() -> (TcpStream, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let read = |request: Request| async {
            read_whole(request, LIMIT).await.map_or_else(|error| error.status(), |_| StatusCode::OK)
        };
        let server = tokio::spawn(serve(vec![listener], Router::new().fallback(read), |error, _| panic!("{error}")));
        (TcpStream::connect(address).await.unwrap(), server)
    }

    /// Sends `first` and then `again` in a loop until the server stops reading. Returns the number of bytes sent and
    /// the status of the response, unless it was lost with the connection.
    async fn flood(first: &str, again: &str) -> (usize, Option<String>) {
        let (mut stream, server) = connect().await;
        let again = again.repeat(4096 / again.len());
        stream.write_all(first.as_bytes()).await.unwrap();
        let mut sent = 0;
        // Once the server stops reading, the socket buffers fill up.
        let enough = Duration::from_secs(1);
        while let Ok(Ok(())) = tokio::time::timeout(enough, stream.write_all(again.as_bytes())).await {
            sent += again.len();
            assert!(sent < 64 * LIMIT, "there is no limit");
        }
        let mut answer = [0; 12];
        let read = stream.read_exact(&mut answer).await;
        server.abort();
        (sent, read.ok().map(|_| String::from_utf8_lossy(&answer[9..]).into_owned()))
    }

    #[tokio::test]
    async fn floods_of_header_lines_and_endless_bodies_are_refused() {
        let post = "POST / HTTP/1.1\r\nhost: x\r\n";
        for (first, again, expected) in [
            (post.to_owned(), "x-flood: 1\r\n", "431"),
            (format!("{post}x-flood: "), "x", "431"),
            ("POST /".to_owned(), "x", "431"),
            (format!("{post}content-length: 1000000000000\r\n\r\n"), "x", "413"),
            (format!("{post}transfer-encoding: chunked\r\n\r\n"), "4\r\nxxxx\r\n", "413"),
            (format!("{post}transfer-encoding: chunked\r\n\r\n1;"), "x", "400"),
            (format!("{post}transfer-encoding: chunked\r\n\r\n0\r\n"), "x-flood: 1\r\n", "400"),
        ] {
            let (sent, status) = flood(&first, again).await;
            assert!(status.as_deref().is_none_or(|status| status == expected), "{first:?}: {status:?} after {sent}");
        }
    }

    /// Sends one byte a second. Returns how long the server allowed that, and its response.
    async fn trickle(first: &str) -> (Duration, String) {
        let (mut stream, server) = connect().await;
        let start = Instant::now();
        stream.write_all(first.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        loop {
            tokio::select! {
                read = stream.read_buf(&mut answer) => if read.unwrap_or(0) == 0 || answer.len() >= 12 { break },
                () = tokio::time::sleep(Duration::from_secs(1)) => if stream.write_all(b"x").await.is_err() { break },
            }
            assert!(start.elapsed() < Duration::from_secs(300), "there is no limit");
        }
        server.abort();
        (start.elapsed(), String::from_utf8_lossy(&answer).into_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn heads_and_bodies_that_arrive_byte_by_byte_are_given_up() {
        for (first, expected) in [
            ("POST /", ""),
            ("POST / HTTP/1.1\r\nx-flood: ", ""),
            ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n", "HTTP/1.1 408"),
        ] {
            let (took, answer) = trickle(first).await;
            assert!(took <= HEAD_WITHIN + Duration::from_secs(2), "{first:?}: {took:?}");
            assert!(answer.starts_with(expected) && answer.is_empty() == expected.is_empty(), "{first:?}: {answer:?}");
        }
    }

    #[cfg(feature = "tls")]
    #[tokio::test(start_paused = true)]
    async fn a_handshake_that_is_not_completed_is_an_error() {
        let places = Places::new(1);
        let place = places.acquire().await.unwrap();
        let error = wait_for_handshake(&place, pending::<io::Result<()>>()).await.unwrap_err();
        assert_eq!(error.to_string(), "the TLS handshake was not completed within 30 seconds");
        assert!(places.close_oldest());
        let error = wait_for_handshake(&place, pending::<io::Result<()>>()).await.unwrap_err();
        assert!(error.to_string().contains("too many connections"), "{error}");
    }

    #[cfg(feature = "tls")]
    #[tokio::test(start_paused = true)]
    async fn refused_clients_are_reported_once_a_second() {
        let (refusals, waiting) = mpsc::channel(1);
        let mut reports = Vec::new();
        let report = |peer: SocketAddr, error: &io::Error, count| reports.push((peer.port(), error.to_string(), count));
        let refuse = async move {
            for port in 1..=2500 {
                let error = io::Error::other("no trust");
                refusals.send((SocketAddr::from(([127, 0, 0, 1], port)), error)).await.unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        };
        tokio::join!(report_refusals(waiting, report), refuse);
        assert!(reports.len() <= 4 && reports.iter().all(|(_, error, _)| error == "no trust"), "{reports:?}");
        assert_eq!(reports.iter().map(|(.., count)| count).sum::<u64>(), 2500);
        assert_eq!(reports.last().unwrap().0, 2500);
    }
}
