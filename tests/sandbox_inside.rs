//! The sandbox from inside: who may reach it, what it shows of secrets, how it starts and stops.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{NOBODY, OPERATOR, client_of, order};
use ottpay::{Amount, BizType, Client};
use ottpay_sandbox::{Delivery, OrderState, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn started() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

/// A payment of 1.00.
async fn pay(client: &Client, id: &str, callback: &str) {
    let payment = client.active_pay().order_id(order(id)).amount(Amount::from_minor(100)).biz_type(BizType::Alipay);
    payment.operator_id(OPERATOR).call_back_url(callback).send().await.unwrap();
}

/// An exchange with these headers, and no others but the length: status, head and body.
async fn send(sandbox: &Sandbox, line: &str, headers: &str, body: &str) -> (u16, String, String) {
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

#[tokio::test]
async fn nobody_drives_a_sandbox_by_its_own_callbacks() {
    let (sandbox, client) = started().await;
    let (other, _) = started().await;
    pay(&client, "T1", NOBODY).await;
    for target in ["/sandbox/orders/T1/pay", "/sandbox/orders/T1/decline", "/pay/T1"] {
        for url in [sandbox.url(), other.url()] {
            let id = format!("{}{}", target.replace('/', ""), url.len());
            let id = format!("{id}{}", u8::from(url == other.url()));
            pay(&client, &id, &format!("{url}{target}")).await;
            let Delivery::Answered { status, .. } = sandbox.pay(&id).await.unwrap() else { panic!("not sent") };
            assert_eq!(status, 403, "{target}");
        }
    }
    assert_eq!(sandbox.order("T1").unwrap().state(), OrderState::Created);
}

#[tokio::test]
async fn pages_are_under_known_names_and_nobody_posts_from_elsewhere() {
    let (local, client) = started().await;
    let sandbox = Sandbox::builder().public_url("https://Pay.example/").start().await.unwrap();
    let public = client_of(&sandbox).build().unwrap();
    for client in [&client, &public] {
        pay(client, "T1", NOBODY).await;
    }
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    for (host, origin, inside, pages, gateway) in [
        ("127.0.0.1:1", "http://127.0.0.1:1", true, true, true),
        ("localhost:1", "http://localhost:1", true, true, true),
        ("[::1]:1", "http://[::1]:1", true, true, true),
        ("192.168.1.20:1", "http://192.168.1.20:1", false, true, true),
        ("pay.example", "https://pay.example", false, true, true),
        // A tunnel that calls the sandbox by its own name.
        ("127.0.0.1:1", "https://pay.example", true, true, true),
        ("evil.example", "http://evil.example", false, false, true),
        ("127.0.0.1:1", "http://127.0.0.1:2", false, false, false),
        ("127.0.0.1:1", "https://evil.example", false, false, false),
        ("127.0.0.1:1", "null", false, false, false),
    ] {
        let headers = format!("host: {host}\r\norigin: {origin}\r\n{form}");
        let (status, ..) = send(&sandbox, "POST /pay/T1", &headers, "act=fly").await;
        assert_eq!(status, if pages { 400 } else { 403 }, "{headers}");
        let (status, ..) = send(&sandbox, "POST /sandbox/orders/T2/pay", &headers, "").await;
        assert_eq!(status, if inside { 404 } else { 403 }, "{headers}");
        let (status, ..) = send(&sandbox, "POST /processV2", &headers, "").await;
        assert_eq!(status, if gateway { 200 } else { 403 }, "{headers}");
    }
    assert_eq!(send(&local, "GET /pay/T1", "host: pay.example\r\n", "").await.0, 403);
    // A client may have any name for the gateway.
    assert_eq!(send(&local, "POST /processV2", "host: gateway.test\r\n", "").await.0, 200);
}

#[tokio::test]
async fn a_public_url_is_an_address() {
    for (url, word) in [
        ("192.168.1.20:8081", "begin with http"),
        ("ftp://shop.example", "begin with http"),
        ("http://", "begin with http"),
        ("javascript:alert(1)", "begin with http"),
        ("http://shop.example/sub", "has a path"),
        ("http://me@shop.example", "user name"),
    ] {
        let error = Sandbox::builder().public_url(url).start().await.unwrap_err().to_string();
        assert!(error.contains("public url") && error.contains(word), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_sandbox_keeps_its_key_out_of_debug() {
    let (sandbox, _) = started().await;
    let shown = format!("{sandbox:?}");
    assert!(shown.contains(sandbox.url()) && shown.contains("SB00000001"), "{shown}");
    assert!(!shown.contains(sandbox.made_key().unwrap()), "{shown}");
}
