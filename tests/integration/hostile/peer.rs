//! A peer: what it does with each connection, step by step, and what it has received from the client.

use std::collections::BTreeMap;
use std::io;
use std::net::TcpListener as StdListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use super::certificates::acceptor;

/// What a peer does next on a connection. After the last step it closes it.
#[derive(Clone)]
pub(super) enum Step {
    /// Reads a request to its end.
    Read,
    /// Reads the beginning of a request.
    ReadSome,
    /// Sends these bytes.
    Send(Arc<[u8]>),
    /// Sends these bytes one by one, with a pause after each.
    Trickle(Arc<[u8]>),
    /// Sends these bytes again and again, until the client has gone.
    Repeat(Arc<[u8]>),
    /// Sends nothing, until the client has gone.
    Wait,
    /// Neither sends nor reads for this long.
    Sleep(Duration),
    /// Reads a request, if one comes within this time, and ignores it.
    Ignore(Duration),
    /// Closes TLS properly.
    CloseTls,
    /// Resets the connection.
    Reset,
}

/// The pause after each byte that trickles.
const PAUSE: Duration = Duration::from_millis(20);

/// The maximum duration of a connection, so that no peer outlives its test.
const PATIENCE: Duration = Duration::from_secs(20);

/// The thread of all peers, apart from the client's.
static PEERS: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

/// What a peer has seen.
#[derive(Clone, Default)]
pub(super) struct Seen {
    connections: Arc<AtomicUsize>,
    /// All that came from the client, by connection.
    received: Arc<Mutex<BTreeMap<usize, Vec<u8>>>>,
}

impl Seen {
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests have begun.
    pub(super) fn requests(&self) -> usize {
        let begun = |bytes: &Vec<u8>| bytes.windows(6).filter(|bytes| bytes == b"POST /").count();
        self.received.lock().unwrap().values().map(begun).sum()
    }

    /// All that came from the client, by connection.
    pub(super) fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().values().cloned().collect()
    }
}

/// A peer that is listening.
pub(super) struct Peer {
    pub(super) url: String,
    pub(super) seen: Seen,
}

impl Peer {
    /// The first list has the steps of the first connection, and so on; the last list is for all further connections.
    /// With the certificate and the key of a PEM file, the peer speaks TLS.
    pub(super) fn start(steps: Vec<Vec<Step>>, pem: Option<&'static [u8]>) -> Self {
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let scheme = if pem.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let seen = Seen::default();
        let peer = Self { url, seen: seen.clone() };
        PEERS.spawn(serve(listener, steps, pem, seen));
        peer
    }

    /// The address of a peer that should speak TLS but does not.
    pub(super) fn secure_url(&self) -> String {
        self.url.replacen("http://", "https://", 1)
    }
}

async fn serve(listener: StdListener, steps: Vec<Vec<Step>>, pem: Option<&'static [u8]>, seen: Seen) {
    let listener = TcpListener::from_std(listener).unwrap();
    let acceptor = pem.map(acceptor);
    while let Ok((stream, _)) = listener.accept().await {
        let number = seen.connections.fetch_add(1, Ordering::SeqCst);
        let steps = steps[number.min(steps.len() - 1)].clone();
        let (acceptor, seen) = (acceptor.clone(), seen.clone());
        tokio::spawn(tokio::time::timeout(PATIENCE, async move {
            // How a peer handles a client that disconnects is not tested.
            let _ = match acceptor {
                None => Connection::new(stream, number, seen).run_steps(&steps).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => Connection::new(stream, number, seen).run_steps(&steps).await,
                    Err(error) => Err(error),
                },
            };
        }));
    }
}

struct Connection<S> {
    stream: S,
    number: usize,
    seen: Seen,
    /// All that came from the client.
    received: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Resets> Connection<S> {
    fn new(stream: S, number: usize, seen: Seen) -> Self {
        Self { stream, number, seen, received: Vec::new() }
    }

    async fn run_steps(mut self, steps: &[Step]) -> io::Result<()> {
        let mut read = 0;
        for step in steps {
            match step {
                Step::Read => {
                    self.read_request(read).await?;
                    read = self.received.len();
                }
                Step::ReadSome => self.receive().await?,
                Step::Send(bytes) => self.send(bytes).await?,
                Step::Trickle(bytes) => {
                    for byte in bytes.iter() {
                        self.send(&[*byte]).await?;
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                Step::Repeat(bytes) => loop {
                    self.send(bytes).await?;
                },
                Step::Wait => while self.receive().await.is_ok() {},
                Step::Sleep(duration) => {
                    tokio::time::sleep(*duration).await;
                    // It did not read the request, but the request is counted.
                    let _ = tokio::time::timeout(PAUSE, self.receive()).await;
                }
                Step::Ignore(duration) => {
                    let _ = tokio::time::timeout(*duration, self.read_request(read)).await;
                }
                Step::CloseTls => self.stream.shutdown().await?,
                Step::Reset => {
                    self.stream.reset();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Reads to the end of a request, which begins here.
    async fn read_request(&mut self, start: usize) -> io::Result<()> {
        while !self.received[start..].ends_with(b"}") {
            self.receive().await?;
        }
        Ok(())
    }

    /// Reads the next bytes; an error at the end.
    async fn receive(&mut self) -> io::Result<()> {
        let before = self.received.len();
        if self.stream.read_buf(&mut self.received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut seen = self.seen.received.lock().unwrap();
        seen.entry(self.number).or_default().extend_from_slice(&self.received[before..]);
        Ok(())
    }
}

/// A stream that can end without a proper close.
trait Resets {
    /// The connection is reset when the stream is dropped.
    fn reset(&self);
}

impl Resets for TcpStream {
    fn reset(&self) {
        self.set_zero_linger().unwrap();
    }
}

impl Resets for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset(&self) {
        self.get_ref().0.reset();
    }
}
