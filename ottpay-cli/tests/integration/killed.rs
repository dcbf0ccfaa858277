//! A sandbox that is killed in the middle of its work: its answers remain true, and every payment has its callback.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::common::{KEY, MERCHANT, Running, folder, ottpay};
use ottpay::envelope::Message;
use ottpay::{Amount, BizType, Cipher, Client, OrderId, SignKey};
use serde_json::Value;

const ROUNDS: u64 = 6;
const ORDERS: usize = 60;
const BUYERS: usize = 4;

fn start(database: &Path) -> (Running, String) {
    start_with(database, &[])
}

fn start_with(database: &Path, further: &[&str]) -> (Running, String) {
    let mut command =
        ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY, "--db"]);
    command.arg(database).args(further);
    let sandbox = Running::start(command);
    let address = sandbox.out().strip_prefix("listening on http://").unwrap().to_owned();
    (sandbox, address)
}

/// One call of the control interface: its body, if there was an answer.
fn control(address: &str, method: &str, path: &str) -> Option<Value> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let head = format!(
        "{method} /sandbox{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 200").then(|| serde_json::from_str(body).ok())?
}

async fn create(address: &str, ids: &[String], callback: &str) {
    let client = Client::builder().endpoint(format!("http://{address}")).merchant_id(MERCHANT);
    let client = client.sign_key(SignKey::new(KEY).unwrap()).build().unwrap();
    for id in ids {
        let payment = client.active_pay().order_id(OrderId::new(id.clone()).unwrap()).amount(Amount::from_minor(100));
        let payment = payment.biz_type(BizType::Alipay).operator_id("0000020156");
        payment.call_back_url(callback).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_sandbox_that_is_killed_loses_no_payment_and_no_callback() {
    let database = folder().join("orders.db");
    let mut paid_for_sure = 0;
    for round in 0..ROUNDS {
        let (sandbox, address) = start(&database);
        let ids: Vec<String> = (0..ORDERS).map(|number| format!("R{round}N{number}")).collect();
        create(&address, &ids, "http://127.0.0.1:9/").await;
        let answered = Arc::new(Mutex::new(Vec::new()));
        let buyer = |ids: &[String]| {
            let (ids, address, answered) = (ids.to_vec(), address.clone(), Arc::clone(&answered));
            thread::spawn(move || {
                for id in ids {
                    if control(&address, "POST", &format!("/orders/{id}/pay")).is_some() {
                        answered.lock().unwrap().push(id);
                    }
                }
            })
        };
        let buyers: Vec<_> = ids.chunks(ORDERS.div_ceil(BUYERS)).map(buyer).collect();
        thread::sleep(Duration::from_millis(5 + 9 * round));
        // This kills it without a clean shutdown.
        drop(sandbox);
        for buyer in buyers {
            buyer.join().unwrap();
        }
        let (sandbox, address) = start(&database);
        for id in &ids {
            let order = control(&address, "GET", &format!("/orders/{id}")).unwrap();
            let callbacks = order["callbacks"].as_array().unwrap().len();
            assert_eq!(callbacks == 1, order["state"] == "paid", "{order}");
            if answered.lock().unwrap().contains(id) {
                assert_eq!(order["state"], "paid", "{order}");
                paid_for_sure += 1;
            }
        }
        drop(sandbox);
    }
    assert!(paid_for_sure > 0, "no round was long enough to see a payment");
}

/// Creates payments until the sandbox is gone, and counts those that were answered. Returns their ids.
async fn create_until_killed(address: String, shop: usize, count: Arc<AtomicUsize>) -> Vec<String> {
    let client = Client::builder().endpoint(format!("http://{address}")).merchant_id(MERCHANT);
    let client = client.sign_key(SignKey::new(KEY).unwrap()).build().unwrap();
    let mut answered = Vec::new();
    for number in 0..10_000 {
        let id = format!("S{shop}N{number}");
        let payment = client.active_pay().order_id(OrderId::new(id.clone()).unwrap()).amount(Amount::from_minor(100));
        let payment = payment.biz_type(BizType::Alipay).operator_id("0000020156");
        match payment.call_back_url("http://127.0.0.1:9/").send().await {
            Ok(_) => answered.push(id),
            Err(_) => break,
        }
        count.fetch_add(1, Ordering::SeqCst);
    }
    answered
}

#[tokio::test]
async fn payments_that_were_answered_together_outlive_the_kill() {
    for level in ["normal", "full"] {
        let database = folder().join("orders.db");
        let (sandbox, address) = start_with(&database, &["--synchronous", level]);
        let count = Arc::new(AtomicUsize::new(0));
        let create = |shop| tokio::spawn(create_until_killed(address.clone(), shop, Arc::clone(&count)));
        let shops: Vec<_> = (0..16).map(create).collect();
        while count.load(Ordering::SeqCst) < 100 {
            assert!(!shops.iter().any(tokio::task::JoinHandle::is_finished), "a payment failed before the kill");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // This kills it without a clean shutdown.
        drop(sandbox);
        let mut answered = Vec::new();
        for shop in shops {
            answered.extend(shop.await.unwrap());
        }
        let (_sandbox, address) = start(&database);
        for id in &answered {
            let order = control(&address, "GET", &format!("/orders/{id}"));
            assert_eq!(order.unwrap_or_else(|| panic!("{id} was answered"))["state"], "created");
            // A payment and its messages are one commit.
            let messages = control(&address, "GET", &format!("/messages?order_id={id}")).unwrap();
            assert_eq!(messages.as_array().unwrap().len(), 1, "{id}");
        }
    }
}

/// A shop that has problems until it opens: it rejects callbacks for even orders, and does not answer those for odd
/// ones.
struct Shop {
    url: String,
    is_open: Arc<AtomicBool>,
    /// The order of each callback that arrived.
    came: mpsc::Receiver<String>,
}

impl Shop {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/ottpay", listener.local_addr().unwrap());
        let (is_open, (sender, came)) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
        let opened = Arc::clone(&is_open);
        thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(order) = callback(&mut stream) else { continue };
                let is_even = order.ends_with(['0', '2', '4', '6', '8']);
                let status = match (opened.load(Ordering::SeqCst), is_even) {
                    (true, _) => "200 OK",
                    (false, true) => "503 Service Unavailable",
                    (false, false) => {
                        unanswered.push(stream);
                        sender.send(order).unwrap();
                        continue;
                    }
                };
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 7\r\nconnection: close\r\n\r\nSUCCESS");
                let _ = stream.write_all(answer.as_bytes());
                sender.send(order).unwrap();
            }
        });
        Self { url, is_open, came }
    }

    /// Waits until each of these has arrived again.
    fn hears_of(&self, ids: &[String]) {
        let mut missing = ids.to_vec();
        while !missing.is_empty() {
            let came = self.came.recv_timeout(Duration::from_secs(30));
            let came = came.unwrap_or_else(|_| panic!("no callback for {missing:?}"));
            missing.retain(|id| *id != came);
        }
    }
}

/// The order of the callback that arrives here, if it is complete.
fn callback(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
        request.extend(&part[..length]);
        let Some(end) = request.windows(4).position(|part| part == b"\r\n\r\n") else { continue };
        // A partial body is not a message yet.
        if let Ok(message) = Message::read_callback(&request[end + 4..]) {
            let fields = message.open(&SignKey::new(KEY).unwrap(), Cipher::Aes128Ecb).unwrap().unwrap();
            return Some(fields.text("order_id").unwrap().to_owned());
        }
    }
}

#[tokio::test]
async fn callbacks_in_progress_when_the_sandbox_is_killed_are_posted_after_the_restart() {
    const PAID: usize = 20;
    let database = folder().join("orders.db");
    let shop = Shop::start();
    let (sandbox, address) = start(&database);
    let ids: Vec<String> = (0..PAID).map(|number| format!("K{number}")).collect();
    create(&address, &ids, &shop.url).await;
    let buyers: Vec<_> = ids
        .iter()
        .map(|id| (address.clone(), format!("/orders/{id}/pay")))
        // A callback in progress ends when the sandbox is killed.
        .map(|(address, path)| thread::spawn(move || control(&address, "POST", &path)))
        .collect();
    shop.hears_of(&ids);
    drop(sandbox);
    for buyer in buyers {
        drop(buyer.join().unwrap());
    }
    // A callback that arrived more than once before the kill is not one of the restarted sandbox.
    while shop.came.try_recv().is_ok() {}
    shop.is_open.store(true, Ordering::SeqCst);
    let (_sandbox, address) = start(&database);
    shop.hears_of(&ids);
    for id in &ids {
        let order = control(&address, "GET", &format!("/orders/{id}")).unwrap();
        assert_eq!((&order["state"], order["callbacks"].as_array().unwrap().len()), (&"paid".into(), 1), "{order}");
    }
}
