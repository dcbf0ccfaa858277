//! What a connection for each write costs, and what it saves: against Node's own HTTP server, with TLS and without.
//! `cargo bench -p ottpay-sandbox --features ottpay/rustls --bench connections`; it needs `node` and `openssl`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::float_arithmetic, missing_docs)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ottpay::envelope::{DigestForm, Message, seal_json};
use ottpay::{Amount, BizType, Cipher, Client, ClientBuilder, Error, Framing, OrderId, SignKey};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const KEY: &str = "A8B5FE540E38A5A9";
const CALLS: usize = 1000;
const SHOPS: u32 = 200;
const ROUNDS: u32 = 10;

/// Longer than Node keeps a connection.
const REUSE: Duration = Duration::from_secs(60);

/// Node's server with its defaults, which answers every payment of the order T1.
struct Node {
    child: Child,
    port: u16,
}

impl Node {
    fn start(certificate: Option<&Path>) -> Self {
        let fields = r#"{"code_url":"weixin://x","order_id":"T1"}"#;
        let key = SignKey::new(KEY).unwrap();
        let sealed = seal_json(fields, DigestForm::TextNullEmpty, &key, Cipher::Aes128Ecb).unwrap();
        let members = [("rsp_code", "SUCCESS"), ("rsp_msg", "success"), ("data", &*sealed.data), ("md5", &*sealed.md5)];
        let answer = String::from_utf8(Message::new(members).to_body(Framing::Json)).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/connections/server.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(answer).args(certificate).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { child, port: line.trim().parse().unwrap() }
    }

    fn settings(&self, scheme: &str) -> ClientBuilder<Client> {
        let builder = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new(KEY).unwrap());
        builder.endpoint(format!("{scheme}://localhost:{}", self.port))
    }

    /// How long it keeps a connection after an answer.
    async fn keeps_for(&self) -> Duration {
        let mut stream = TcpStream::connect(("localhost", self.port)).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut answer = [0; 4096];
        assert!(stream.read(&mut answer).await.unwrap() > 0);
        let start = Instant::now();
        while stream.read(&mut answer).await.unwrap_or(0) > 0 {}
        start.elapsed()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn pay(client: &Client) -> Result<(), Error> {
    let payment = client.active_pay().order_id(OrderId::new("T1").unwrap()).amount(Amount::from_minor(1999));
    let payment = payment.biz_type(BizType::Alipay).operator_id("0000020156");
    payment.call_back_url("https://shop.example/").send().await.map(drop)
}

/// The median and the 99th of a hundred, in milliseconds.
async fn cost(what: &str, settings: ClientBuilder<Client>) {
    let client = settings.build().unwrap();
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        pay(&client).await.unwrap();
        times.push(start.elapsed());
    }
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("{what}: median {:.2} ms, 99 % within {:.2} ms", at(50), at(99));
}

/// How many of the payments that begin at the drop have an unknown outcome. Each shop has a client of its own, because a
/// pool gives out the connection that has been idle for the shortest time.
async fn lost(settings: impl Fn() -> ClientBuilder<Client>, drop_after: Duration) -> u32 {
    let shops: Vec<_> = (0..SHOPS)
        .map(|shop| {
            let client = settings().build().unwrap();
            tokio::spawn(async move {
                let _ = pay(&client).await;
                let mut lost = 0;
                for round in 0..ROUNDS {
                    // Within five milliseconds of the drop.
                    let shift = Duration::from_micros(u64::from((shop + round * 13) % 100) * 100);
                    tokio::time::sleep(drop_after + shift - Duration::from_millis(5)).await;
                    lost += u32::from(pay(&client).await.is_err());
                }
                lost
            })
        })
        .collect();
    let mut lost = 0;
    for shop in shops {
        lost += shop.await.unwrap();
    }
    lost
}

/// A certificate for `localhost` by an authority of its own.
fn make_certificate() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certificate");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
    let new = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for command in [
        format!("{new} -x509 -days 2 -subj /CN=authority -keyout authority.key -out authority.pem"),
        format!("{new} -subj /CN=localhost -keyout server.key -out server.csr"),
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names \
         -out server.pem"
            .to_owned(),
    ] {
        let mut openssl = Command::new("openssl");
        let done = openssl.args(command.split_whitespace()).current_dir(&folder).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    folder
}

#[tokio::main]
async fn main() {
    let folder = make_certificate();
    // The TLS library reads it when the process starts.
    let authority = folder.join("authority.pem");
    if std::env::var_os("SSL_CERT_FILE").is_none_or(|file| file != *authority.as_os_str()) {
        let mut again = Command::new(std::env::current_exe().unwrap());
        assert!(again.env("SSL_CERT_FILE", authority).status().unwrap().success());
        return;
    }
    let (plain, tls) = (Node::start(None), Node::start(Some(&folder)));
    for (scheme, node) in [("http", &plain), ("https", &tls)] {
        cost(&format!("{scheme}, a connection for each write"), node.settings(scheme)).await;
        cost(&format!("{scheme}, one that is kept"), node.settings(scheme).reuse_for_writes(REUSE)).await;
    }
    let keeps = plain.keeps_for().await;
    println!("Node keeps a connection for {:.3} s", keeps.as_secs_f64());
    let (own, all) = (lost(|| plain.settings("http"), keeps).await, SHOPS * ROUNDS);
    println!("a connection for each write: {own} of {all} payments at the drop are unknown");
    let kept = lost(|| plain.settings("http").reuse_for_writes(REUSE), keeps).await;
    println!("connections that are kept: {kept} of {all} payments at the drop are unknown");
}
