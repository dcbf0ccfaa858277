//! The way to the sandbox, on which things go wrong. It carries one request on each connection, and remembers what it saw.

use std::io;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::SignKey;
use ottpay::envelope::Message;
use ottpay::spec::ActionInfo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::alter::alter;
use super::fault::OnWire;

/// The way to a sandbox.
pub(crate) struct Proxy {
    port: u16,
    /// It does not listen, and keeps the port from others while there is no listener.
    _anchor: TcpSocket,
    way: Arc<Way>,
    listening: tokio::sync::Mutex<Listening>,
}

enum Listening {
    Open(JoinHandle<()>),
    /// The port is taken, without a listener.
    Refusing {
        _socket: TcpSocket,
    },
    /// Connections wait, and no further one is answered.
    Full {
        _listener: TcpListener,
        _waiting: Vec<TcpStream>,
    },
    Nothing,
}

struct Way {
    /// The port of the sandbox; 0 while there is none.
    target: AtomicU16,
    armed: Mutex<Option<Armed>>,
    /// What the requests that were read asked for.
    seen: Mutex<Vec<String>>,
    struck: AtomicU32,
    /// Whether replies that are held may go on.
    is_released: watch::Sender<bool>,
    key: SignKey,
}

#[derive(Clone, Copy)]
struct Armed {
    on: OnWire,
    /// What the request asks for to which it happens.
    wire_name: &'static str,
    info: &'static ActionInfo,
}

const PAGE: &[u8] = b"<html><body><h1>not the gateway</h1></body></html>";

impl Proxy {
    pub(crate) async fn start(target: u16, key: SignKey) -> Self {
        let anchor = bind(0);
        let port = anchor.local_addr().unwrap().port();
        let way = Arc::new(Way {
            target: AtomicU16::new(target),
            armed: Mutex::default(),
            seen: Mutex::default(),
            struck: AtomicU32::new(0),
            is_released: watch::channel(false).0,
            key,
        });
        let open = Listening::Open(serve(Arc::clone(&way), bind(port).listen(1024).unwrap()));
        Self { port, _anchor: anchor, way, listening: tokio::sync::Mutex::new(open) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on this happens to requests that ask for this; what happens to a connection happens to each.
    pub(crate) async fn arm(&self, on: OnWire, wire_name: &'static str, info: &'static ActionInfo) {
        *self.way.armed.lock().unwrap() = Some(Armed { on, wire_name, info });
        if matches!(on, OnWire::Refused | OnWire::Unanswered) {
            let mut listening = self.listening.lock().await;
            close(&mut listening).await;
            let socket = bind(self.port);
            *listening = match on {
                OnWire::Refused => Listening::Refusing { _socket: socket },
                _ => {
                    let listener = socket.listen(0).unwrap();
                    let waiting = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
                    Listening::Full { _listener: listener, _waiting: vec![waiting] }
                }
            };
            self.way.struck.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// From now on nothing goes wrong.
    pub(crate) async fn heal(&self) {
        *self.way.armed.lock().unwrap() = None;
        let mut listening = self.listening.lock().await;
        if !matches!(*listening, Listening::Open(_)) {
            close(&mut listening).await;
            *listening = Listening::Open(serve(Arc::clone(&self.way), bind(self.port).listen(1024).unwrap()));
        }
    }

    pub(crate) fn release(&self) {
        self.way.is_released.send_replace(true);
    }

    pub(crate) fn set_target(&self, port: u16) {
        self.way.target.store(port, Ordering::SeqCst);
    }

    /// How many requests that asked for this were read.
    pub(crate) fn count(&self, wire_name: &str) -> usize {
        self.way.seen.lock().unwrap().iter().filter(|seen| *seen == wire_name).count()
    }

    /// How often it went wrong.
    pub(crate) fn struck(&self) -> u32 {
        self.way.struck.load(Ordering::SeqCst)
    }
}

/// A socket on a port, also if connections to it are still there.
fn bind(port: u16) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(([127, 0, 0, 1], port).into()).unwrap();
    socket
}

async fn close(listening: &mut Listening) {
    if let Listening::Open(serving) = std::mem::replace(listening, Listening::Nothing) {
        serving.abort();
        let _ = serving.await;
    }
}

fn serve(way: Arc<Way>, listener: TcpListener) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let way = Arc::clone(&way);
            tokio::spawn(async move { way.carry(client).await });
        }
    })
}

impl Way {
    fn strike(&self) {
        self.struck.fetch_add(1, Ordering::SeqCst);
    }

    async fn carry(&self, mut client: TcpStream) -> io::Result<()> {
        let armed = *self.armed.lock().unwrap();
        match armed.map(|armed| armed.on) {
            Some(OnWire::ResetUnread) => {
                // If it came earlier, the sender might not even have a connection, and nothing would have been sent.
                // Being readable is not enough, as that may be reported too early.
                client.peek(&mut [0]).await?;
                self.strike();
                return client.set_zero_linger();
            }
            Some(OnWire::ResetWithinRequest) => {
                let _ = client.read(&mut [0; 40]).await?;
                self.strike();
                return client.set_zero_linger();
            }
            _ => {}
        }
        let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
        self.seen.lock().unwrap().push(request.wire_name.clone());
        let armed = armed.filter(|armed| armed.wire_name == request.wire_name);
        let on = armed.map(|armed| armed.on);
        if on.is_some() {
            self.strike();
        }
        match on {
            Some(OnWire::ClosedBefore) => return Ok(()),
            Some(OnWire::SilentBefore) => return hold(client).await,
            Some(OnWire::NotFound) => return answer(&mut client, "404 Not Found", "text/html", PAGE).await,
            _ => {}
        }
        let reply = Reply::split(request.send_on(self.target.load(Ordering::SeqCst)).await?)?;
        let (Some(on), Some(armed)) = (on, armed) else { return client.write_all(&reply.whole()).await };
        let half = reply.body.len() / 2;
        match on {
            OnWire::Held => {
                let _ = self.is_released.subscribe().wait_for(|is_released| *is_released).await;
                client.write_all(&reply.whole()).await
            }
            OnWire::Killed => {
                self.target.store(0, Ordering::SeqCst);
                Ok(())
            }
            OnWire::ResetAfter => client.set_zero_linger(),
            OnWire::ClosedAfter => Ok(()),
            OnWire::SilentAfter => hold(client).await,
            OnWire::SilentInHead => {
                client.write_all(&reply.head[..reply.head.len() / 2]).await?;
                hold(client).await
            }
            OnWire::SilentInBody | OnWire::Truncated => {
                client.write_all(&reply.head).await?;
                client.write_all(&reply.body[..half]).await?;
                client.flush().await?;
                if on == OnWire::SilentInBody { hold(client).await } else { Ok(()) }
            }
            OnWire::BadGateway => answer(&mut client, "502 Bad Gateway", "text/html", PAGE).await,
            OnWire::SealedBadRequest => answer(&mut client, "400 Bad Request", "application/json", &reply.body).await,
            OnWire::SealedUnavailable => {
                answer(&mut client, "503 Service Unavailable", "application/json", &reply.body).await
            }
            altering => match alter(altering, &reply.body, &self.key, armed.info) {
                Some(body) => answer(&mut client, "200 OK", "application/json", &body).await,
                // The case finds that nothing has gone wrong.
                None => {
                    self.struck.fetch_sub(1, Ordering::SeqCst);
                    client.write_all(&reply.whole()).await
                }
            },
        }
    }
}

/// Until the other side gives up.
async fn hold(mut client: TcpStream) -> io::Result<()> {
    while client.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}

async fn answer(client: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    client.write_all(&[head.as_bytes(), body].concat()).await?;
    client.shutdown().await
}

struct Request {
    /// Its first line, and then its other lines.
    line: String,
    head: String,
    body: Vec<u8>,
    wire_name: String,
}

impl Request {
    async fn read(client: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let (end, length) = loop {
            if client.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
            if let Some(end) = find_end(&bytes) {
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
                break (end, length.unwrap_or(0));
            }
        };
        while bytes.len() < end + length {
            if client.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
        let body = bytes.split_off(end);
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let (line, head) = head.split_once("\r\n").unwrap_or_default();
        let path = line.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let action = Message::read(&body).ok().and_then(|message| message.text("action").map(str::to_owned));
        let wire_name = action.unwrap_or_else(|| path.to_owned());
        Ok(Some(Self { line: line.to_owned(), head: head.to_owned(), wire_name, body }))
    }

    /// The whole reply of the sandbox.
    async fn send_on(&self, target: u16) -> io::Result<Vec<u8>> {
        let mut sandbox = TcpStream::connect(("127.0.0.1", target)).await?;
        let head = format!("{}\r\nconnection: close\r\n{}", self.line, self.head);
        sandbox.write_all(&[head.as_bytes(), &self.body].concat()).await?;
        let mut reply = Vec::new();
        let reading = sandbox.read_to_end(&mut reply);
        tokio::time::timeout(Duration::from_secs(60), reading).await.map_err(io::Error::other)??;
        Ok(reply)
    }
}

/// Where the body begins.
fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|place| place + 4)
}

struct Reply {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Reply {
    fn split(mut reply: Vec<u8>) -> io::Result<Self> {
        let end = find_end(&reply).ok_or_else(|| io::Error::other("no reply"))?;
        let body = reply.split_off(end);
        Ok(Self { head: reply, body })
    }

    fn whole(&self) -> Vec<u8> {
        [&*self.head, &self.body].concat()
    }
}
