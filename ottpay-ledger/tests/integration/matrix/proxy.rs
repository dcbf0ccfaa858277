//! The connection to the sandbox, on which faults happen. It carries one request on each connection, and remembers what
//! it saw.

use std::io;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ottpay::SignKey;
use ottpay::spec::ActionInfo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::fault::OnWire;
use super::way::{Armed, Way};

/// The way to a sandbox.
pub(crate) struct Proxy {
    port: u16,
    /// Reserves the port while the listener is closed. It does not listen.
    _anchor: TcpSocket,
    way: Arc<Way>,
    listening: tokio::sync::Mutex<Listening>,
}

enum Listening {
    Open(JoinHandle<()>),
    /// The port is bound, but nothing listens on it.
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

/// How long another process may hold a port.
const PATIENCE: Duration = Duration::from_secs(10);

impl Proxy {
    pub(crate) async fn start(target: u16, key: SignKey) -> Self {
        let anchor = bind(0).await;
        let port = anchor.local_addr().unwrap().port();
        let way = Arc::new(Way {
            target: AtomicU16::new(target),
            armed: Mutex::default(),
            seen: Mutex::default(),
            struck: AtomicU32::new(0),
            is_released: watch::channel(false).0,
            key,
        });
        let open = Listening::Open(serve(Arc::clone(&way), bind(port).await.listen(1024).unwrap()));
        Self { port, _anchor: anchor, way, listening: tokio::sync::Mutex::new(open) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on, this happens to requests for this operation; a refused or unanswered connection may be any.
    pub(crate) async fn arm(&self, on: OnWire, wire_name: &'static str, info: &'static ActionInfo) {
        *self.way.armed.lock().unwrap() = Some(Armed { on, wire_name, info });
        if matches!(on, OnWire::Refused | OnWire::Unanswered) {
            let mut listening = self.listening.lock().await;
            close(&mut listening).await;
            let socket = bind(self.port).await;
            *listening = match on {
                OnWire::Refused => Listening::Refusing { _socket: socket },
                _ => {
                    let listener = socket.listen(0).unwrap();
                    let waiting = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
                    Listening::Full { _listener: listener, _waiting: vec![waiting] }
                }
            };
            self.way.strike();
        }
    }

    /// Stops all faults.
    pub(crate) async fn heal(&self) {
        *self.way.armed.lock().unwrap() = None;
        let mut listening = self.listening.lock().await;
        if !matches!(*listening, Listening::Open(_)) {
            close(&mut listening).await;
            *listening = Listening::Open(serve(Arc::clone(&self.way), bind(self.port).await.listen(1024).unwrap()));
        }
    }

    pub(crate) fn release(&self) {
        self.way.is_released.send_replace(true);
    }

    pub(crate) fn set_target(&self, port: u16) {
        self.way.target.store(port, Ordering::SeqCst);
    }

    /// How many requests for this operation arrived.
    pub(crate) fn count(&self, wire_name: &str) -> usize {
        self.way.seen.lock().unwrap().iter().filter(|seen| *seen == wire_name).count()
    }

    /// How often the fault happened.
    pub(crate) fn struck(&self) -> u32 {
        self.way.struck.load(Ordering::SeqCst)
    }
}

/// A socket on a port, even if connections to it still exist. A process that another test starts inherits the
/// former listener until it runs its own program, so that the port may be taken for a moment.
async fn bind(port: u16) -> TcpSocket {
    let begun = Instant::now();
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        match socket.bind(([127, 0, 0, 1], port).into()) {
            Ok(()) => return socket,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && begun.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("port {port}: {error}"),
        }
    }
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const REFUND: &str = "/refund";

    async fn open() -> (ottpay_sandbox::Sandbox, Proxy) {
        let sandbox = ottpay_sandbox::Sandbox::start().await.unwrap();
        let port = sandbox.url().rsplit(':').next().unwrap().parse().unwrap();
        let proxy = Proxy::start(port, sandbox.sign_key()).await;
        (sandbox, proxy)
    }

    async fn arm(proxy: &Proxy, on: OnWire) {
        proxy.arm(on, REFUND, ottpay::GATEWAY.find_method("refund").unwrap()).await;
    }

    async fn get(proxy: &Proxy, path: &str) -> io::Result<Vec<u8>> {
        let mut client = TcpStream::connect(("127.0.0.1", proxy.port)).await?;
        // In two pieces: the first does not yet contain the operation.
        client.write_all(b"GET ").await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
        client.write_all(format!("{path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await?;
        let mut reply = Vec::new();
        client.read_to_end(&mut reply).await?;
        Ok(reply)
    }

    #[tokio::test]
    async fn a_port_that_is_in_use_for_a_moment_is_awaited() {
        let (_sandbox, proxy) = open().await;
        arm(&proxy, OnWire::Refused).await;
        assert_eq!(get(&proxy, "/").await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        // Holds the port as a process does that was just started and has inherited the former listener.
        let held = bind(proxy.port).await.listen(1).unwrap();
        let freeing = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            drop(held);
        };
        tokio::join!(proxy.heal(), freeing);
        assert!(get(&proxy, "/sandbox/orders").await.unwrap().starts_with(b"HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn a_reset_is_of_the_request_that_it_was_armed_for() {
        let (_sandbox, proxy) = open().await;
        for (on, struck) in [(OnWire::ResetUnread, 1), (OnWire::ResetWithinRequest, 2)] {
            arm(&proxy, on).await;
            assert!(get(&proxy, "/sandbox/orders").await.unwrap().starts_with(b"HTTP/1.1 200"));
            assert_eq!(proxy.struck(), struck - 1);
            assert_eq!(get(&proxy, REFUND).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
            assert_eq!((proxy.struck(), proxy.count(REFUND)), (struck, struck as usize));
        }
    }
}
