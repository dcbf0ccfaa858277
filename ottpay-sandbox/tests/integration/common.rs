//! What several tests share: clients of a sandbox, shops, and HTTP without any library between test and gateway.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{MethodRouter, post};
use ottpay::envelope::Message;
use ottpay::{Amount, BizType, CheckoutId, Client, ClientBuilder, Currency, Error, OrderId, RefundId, SignKey};
use ottpay_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub(crate) const OPERATOR: &str = "0000020156";
pub(crate) const NOBODY: &str = "http://127.0.0.1:9/";

pub(crate) fn key(text: &str) -> SignKey {
    SignKey::new(text).unwrap()
}

/// A complete payment request.
pub(crate) fn payment(client: &Client, order_id: &OrderId) -> ottpay::ActivePay {
    let builder = client.active_pay().order_id(order_id).operator_id("0000020156").amount(Amount::from_minor(1999));
    builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap()
}

/// An order id.
pub(crate) fn order(text: &str) -> OrderId {
    OrderId::new(text).unwrap()
}

/// The id of a refund.
pub(crate) fn refund_id(text: &str) -> RefundId {
    RefundId::new(text).unwrap()
}

/// The id of a Checkout page.
pub(crate) fn checkout_id(text: &str) -> CheckoutId {
    CheckoutId::new(text).unwrap()
}

/// Settings of a client for the merchant of a sandbox.
pub(crate) fn client_of(sandbox: &Sandbox) -> ClientBuilder<Client> {
    Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id()).sign_key(sandbox.sign_key())
}

/// A shop that accepts callbacks and records their bodies.
pub(crate) async fn shop() -> (String, Arc<Mutex<Vec<Bytes>>>) {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&bodies);
    let take = move |body: Bytes| async move {
        noted.lock().unwrap().push(body);
        "SUCCESS"
    };
    (shop_that(post(take)).await, bodies)
}

/// A shop that answers callbacks in its own way.
pub(crate) async fn shop_that(answers: MethodRouter) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ottpay", listener.local_addr().unwrap());
    let app = Router::new().route("/ottpay", answers);
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// The gateway's answer to a body that no client would send.
pub(crate) async fn post_raw(url: &str, body: Vec<u8>) -> Message<'static> {
    let (_, reply) = exchange(url, "POST", "/processV2", body).await;
    Message::read(&reply).unwrap().into_owned()
}

/// What a browser receives at a URL.
pub(crate) async fn get(url: &str) -> (u16, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let (status, body) = exchange(&format!("http://{host}"), "GET", &format!("/{path}"), Vec::new()).await;
    (status, String::from_utf8(body).unwrap())
}

/// One HTTP exchange, without any HTTP library between test and gateway: status and body.
pub(crate) async fn exchange(url: &str, method: &str, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let length = body.len();
    // curl sends this type for any body.
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n"
    );
    stream.write_all(&[head.into_bytes(), body].concat()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let start = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    let status = std::str::from_utf8(&reply[9..12]).unwrap().parse().unwrap();
    (status, reply[start..].to_vec())
}

/// A Checkout page of 5.00.
pub(crate) async fn checkout(client: &Client, id: &str, callback_url: &str) -> ottpay::PrepayInitReply {
    let page = client.prepay_init().shop_id("ON00004652001").operator_id(OPERATOR).prepay_order_id(checkout_id(id));
    let page = page.sale_num("S1").amount(Amount::from_minor(500)).currency_type(Currency::CAD).duration(100);
    page.redirect_url("https://shop.example/result").call_back_url(callback_url).send().await.unwrap()
}

/// A payment by QR code.
pub(crate) async fn pay(
    client: &Client,
    id: &str,
    amount: u64,
    callback: &str,
) -> Result<ottpay::ActivePayReply, Error> {
    let payment = client.active_pay().order_id(order(id)).amount(Amount::from_minor(amount)).biz_type(BizType::Alipay);
    payment.operator_id(OPERATOR).call_back_url(callback).send().await
}

/// A sandbox that soon gives up on a callback, and its client.
pub(crate) async fn started() -> (Sandbox, Client) {
    let builder = Sandbox::builder().callback_attempts(4, Duration::from_millis(20));
    let sandbox = builder.start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

/// One call of the control interface.
pub(crate) async fn control(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let (status, reply) = exchange(sandbox.url(), method, &format!("/sandbox{path}"), body).await;
    (status, serde_json::from_slice(&reply).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&reply))))
}

/// Waits for something, for at most five seconds.
pub(crate) async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not come about within five seconds");
}

/// An exchange with these headers, and no others except the length: status, head and body.
pub(crate) async fn send(sandbox: &Sandbox, line: &str, headers: &str, body: &str) -> (u16, String, String) {
    let mut stream = tokio::net::TcpStream::connect(sandbox.url().strip_prefix("http://").unwrap()).await.unwrap();
    let length = body.len();
    let text = format!("{line} HTTP/1.1\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let reply = String::from_utf8(reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), head.to_lowercase(), body.to_owned())
}

/// The state of an order, as the control interface shows it.
pub(crate) async fn state(sandbox: &Sandbox, id: &str) -> Value {
    control(sandbox, "GET", &format!("/orders/{id}"), Value::Null).await.1["state"].clone()
}

/// A message of the sandbox's merchant around this text.
pub(crate) fn sealed(sandbox: &Sandbox, action: &str, version: &str, text: &str) -> Vec<u8> {
    let form = ottpay::envelope::DigestForm::JavaNullWord;
    let sealed = ottpay::envelope::seal_json(text, form, &sandbox.sign_key(), ottpay::Cipher::Aes128Ecb).unwrap();
    let members = json!({ "action": action, "version": version, "merchant_id": sandbox.merchant_id(),
                          "data": sealed.data, "md5": sealed.md5 });
    members.to_string().into_bytes()
}

/// A folder of its own, removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ottpay-sandbox-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
