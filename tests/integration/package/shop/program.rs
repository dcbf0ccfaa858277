//! The running shop, its gateway, and requests from a browser or a program.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ottpay_sandbox::{Fault, PlannedFault, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::cargo;

/// The variables that are set for the program, and those that must not be set.
const SETTINGS: [&str; 7] =
    ["OTTPAY_ENDPOINT", "OTTPAY_MERCHANT_ID", "OTTPAY_SIGN_KEY", "SHOP_DB", "SHOP_ADDR", "SHOP_URL", "SHOP_POLL_MS"];

/// How long an expected event may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);

/// Builds the example, once, and returns where it is.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| cargo::example("shop"))
}

/// A program that is killed at the latest when the test ends.
pub(super) struct Program {
    child: Child,
    /// The first line that it prints.
    pub(super) first_line: String,
}

impl Program {
    pub(super) fn start(settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(built());
        for name in SETTINGS {
            command.env_remove(name);
        }
        let mut child = command.envs(settings.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let mut first_line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
        Self { child, first_line }
    }
}

impl Drop for Program {
    /// As `kill -9` does it.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A shop and its gateway.
pub(super) struct World {
    pub(super) sandbox: Sandbox,
    pub(super) url: String,
    database: String,
    poll: Duration,
    program: Option<Program>,
}

impl World {
    /// A shop that constantly queries silent orders.
    pub(super) async fn new(name: &str) -> Self {
        Self::on(&new_file(name), Duration::from_millis(150)).await
    }

    /// A shop that learns of payments only from callbacks.
    pub(super) async fn of_callbacks(name: &str) -> Self {
        Self::on(&new_file(name), Duration::from_secs(3600)).await
    }

    pub(super) async fn on(database: &str, poll: Duration) -> Self {
        let sandbox = Sandbox::builder().callback_attempts(5, Duration::from_millis(200)).start().await.unwrap();
        // The same port after a restart, because the gateway has its address.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let mut world = Self { sandbox, url, database: database.to_owned(), poll, program: None };
        world.start();
        world
    }

    pub(super) fn start(&mut self) {
        let poll = self.poll.as_millis().to_string();
        let settings = [
            (SETTINGS[0], self.sandbox.url()),
            (SETTINGS[1], self.sandbox.merchant_id()),
            (SETTINGS[2], self.sandbox.made_key().unwrap()),
            (SETTINGS[3], &self.database),
            (SETTINGS[4], self.url.strip_prefix("http://").unwrap()),
            (SETTINGS[6], &poll),
        ];
        let program = Program::start(&settings);
        assert_eq!(program.first_line.trim_end(), format!("the shop is at {}", self.url));
        self.program = Some(program);
    }

    pub(super) fn kill(&mut self) {
        self.program = None;
    }

    pub(super) fn database(&self) -> &str {
        &self.database
    }

    pub(super) fn fault(&self, fault: Fault, action: &str) -> PlannedFault {
        PlannedFault::new(fault).action(action)
    }

    pub(super) async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (status, text) = exchange(&self.url, method, path, "application/json", &body.to_string()).await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Posts a request to the shop in the background. The shop may be killed meanwhile.
    pub(super) fn post_in_background(&self, path: String, body: Value) -> tokio::task::JoinHandle<()> {
        let url = self.url.clone();
        tokio::spawn(async move {
            let _ = exchange(&url, "POST", &path, "application/json", &body.to_string()).await;
        })
    }

    /// A page as a browser gets it.
    pub(super) async fn page(&self, path: &str) -> (u16, String) {
        exchange(&self.url, "GET", path, "text/html", "").await.unwrap()
    }

    /// Orders something; returns the status and the reference.
    pub(super) async fn order(&self, price: &str) -> (u16, String) {
        let (status, reply) = self.call("POST", "/orders", &json!({ "price": price })).await;
        (status, reply["id"].as_str().unwrap().to_owned())
    }

    /// Refunds an amount; returns the status and the refund's id.
    pub(super) async fn refund(&self, reference: &str, amount: &str) -> (u16, String) {
        let (status, reply) =
            self.call("POST", &format!("/orders/{reference}/refund"), &json!({ "amount": amount })).await;
        (status, reply["id"].as_str().unwrap_or_default().to_owned())
    }

    /// What the shop knows about an order.
    pub(super) async fn shown(&self, reference: &str) -> Value {
        let (status, shown) = self.call("GET", &format!("/orders/{reference}"), &json!({})).await;
        assert_eq!(status, 200, "{shown}");
        shown
    }

    /// Its payments and refunds, the newest first.
    pub(super) async fn payments(&self, reference: &str) -> Vec<Value> {
        self.shown(reference).await["payments"].as_array().unwrap().clone()
    }

    /// The id that the gateway knows of the first attempt to pay an order.
    pub(super) async fn first_id(&self, reference: &str) -> String {
        let payments = self.payments(reference).await;
        let first = payments.iter().filter(|payment| payment["role"] != "refund").min_by_key(|p| p["serial"].as_i64());
        first.unwrap()["order_id"].as_str().unwrap().to_owned()
    }

    /// The buyer pays the first attempt.
    pub(super) async fn pay(&self, reference: &str) {
        let _ = self.sandbox.pay(&self.first_id(reference).await).await.unwrap();
    }

    pub(super) async fn until_state(&self, reference: &str, state: &str) {
        self.until(reference, |shown| shown["state"] == state, state).await;
    }

    pub(super) async fn until(&self, reference: &str, holds: impl Fn(&Value) -> bool, what: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.shown(reference).await;
            if holds(&shown) {
                return;
            }
            assert!(Instant::now() < end, "expected {what}, got {shown:#}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    pub(super) async fn until_refund(&self, reference: &str, id: &str, state: &str) {
        let is = |shown: &Value| {
            let payments = shown["payments"].as_array().unwrap();
            payments.iter().any(|payment| payment["order_id"] == id && payment["state"] == state)
        };
        self.until(reference, is, state).await;
    }

    /// Paid, shipped once, and still so a moment later.
    pub(super) async fn until_paid_once(&self, reference: &str) {
        self.until_state(reference, "paid").await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        let shown = self.shown(reference).await;
        assert_eq!((&shown["state"], &shown["shipped"]), (&json!("paid"), &json!(1)), "{shown:#}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
        if !self.database.starts_with("postgres") {
            for end in ["", "-wal", "-shm", "-journal"] {
                let _ = std::fs::remove_file(format!("{}{end}", self.database));
            }
        }
    }
}

/// A file that does not exist yet.
pub(super) fn new_file(name: &str) -> String {
    let file = std::env::temp_dir().join(format!("ottpay-shop-{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file.display().to_string()
}

/// One HTTP exchange of a program or a browser: status and body. It fails if the shop is killed meanwhile.
async fn exchange(url: &str, method: &str, path: &str, kind: &str, body: &str) -> std::io::Result<(u16, String)> {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\naccept: {kind}\r\ncontent-type: {kind}\r\n\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    let reply = String::from_utf8_lossy(&reply).into_owned();
    let broken = || std::io::Error::other("the reply is truncated");
    let (head, body) = reply.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    Ok((status, body.to_owned()))
}
