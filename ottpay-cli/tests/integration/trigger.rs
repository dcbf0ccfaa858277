//! `ottpay trigger`: a callback as the gateway sends it, without a gateway.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use ottpay::envelope::explain;
use ottpay::{Amount, Client, GATEWAY, SignKey};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::common::{Done, KEY, MERCHANT, ottpay, run, sample};

/// A shop that answers each callback with this status, and passes on its body.
async fn shop(status: u16) -> (String, mpsc::UnboundedReceiver<(HeaderMap, Vec<u8>)>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ottpay", listener.local_addr().unwrap());
    let (sender, came) = mpsc::unbounded_channel();
    let handler = async move |headers: HeaderMap, body: axum::body::Bytes| {
        let _ = sender.send((headers, body.to_vec()));
        (StatusCode::from_u16(status).unwrap(), "SUCCESS")
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    (url, came)
}

async fn trigger(arguments: &[&str]) -> Done {
    let command = sample(&[&["trigger"], arguments].concat());
    tokio::task::spawn_blocking(move || run(command, "")).await.unwrap()
}

fn client() -> Client {
    Client::builder().merchant_id(MERCHANT).sign_key(SignKey::new(KEY).unwrap()).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_reaches_the_shop_and_is_genuine_to_its_client() {
    let (url, mut came) = shop(200).await;
    let done = trigger(&["wallet", "--set", "order_id=T1", "--set", "amount=1999", "--to", &url]).await;
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
    let (headers, body) = came.recv().await.unwrap();
    assert_eq!(headers["content-type"], "application/json");
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines[0].as_bytes(), body);
    let answer: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!((&answer["status"], &answer["body"]), (&200.into(), &"SUCCESS".into()));
    let callback = client().callback(&body).unwrap();
    assert_eq!((callback.order_id().as_str(), callback.amount()), ("T1", Amount::from_minor(1999)));
    assert_eq!(callback.raw().text("merchant_id"), Some(MERCHANT));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_of_the_shop_decides_about_the_exit_code() {
    let (url, mut came) = shop(503).await;
    let done = trigger(&["active_pay", "--to", &url]).await;
    assert_eq!(done.code, 1);
    assert!(done.out.contains("{\"status\":503") && done.err.contains("the shop answered 503"), "{done:?}");
    came.recv().await.unwrap();
    // No server listens there.
    let gone = trigger(&["wallet", "--to", "http://127.0.0.1:9/ottpay?token=s3cret"]).await;
    assert_eq!(gone.code, 1);
    assert!(gone.err.contains("http://127.0.0.1:9/ottpay: the shop could not be reached"), "{gone:?}");
    assert!(!gone.err.contains("s3cret"), "{gone:?}");
}

#[tokio::test]
async fn without_an_address_it_is_printed_and_another_key_makes_it_invalid() {
    let done = trigger(&["wallet", "--without", "remarks", "--set", "total_amount=7"]).await;
    assert_eq!((done.code, done.out.lines().count()), (0, 1), "{done:?}");
    let callback = client().callback(done.out.as_bytes()).unwrap();
    assert_eq!((callback.amount(), callback.raw().text("amount")), (Amount::from_minor(7), None));
    assert_eq!(callback.raw().text("remarks"), None);
    let forged = trigger(&["wallet", "--sign-key", "0000000000000000"]).await;
    assert!(client().callback(forged.out.as_bytes()).is_err(), "{forged:?}");
}

#[tokio::test]
async fn it_has_the_escapes_of_the_gateway() {
    let done = trigger(&["wallet", "--set", "remarks=a=b / \u{e9}"]).await;
    let explanation = explain(done.out.as_bytes(), &SignKey::new(KEY).unwrap(), GATEWAY.cipher);
    let text = explanation.plaintext().unwrap();
    assert!(text.contains("\"remarks\":\"a\\u003db / \u{e9}\""), "{text}");
    assert_eq!(client().callback(done.out.as_bytes()).unwrap().raw().text("remarks"), Some("a=b / \u{e9}"));
}

#[tokio::test]
async fn undocumented_fields_are_rejected_unless_requested() {
    trigger(&["walet"]).await.fails(2, &["there is no callback `walet`", "did you mean `wallet`?"]);
    trigger(&["status_query"])
        .await
        .fails(2, &["the action `status_query` does not have a callback", "The callbacks are "]);
    trigger(&["wallet", "--set", "amont=1"])
        .await
        .fails(2, &["does not have a field `amont`", "did you mean `amount`?", "--unchecked"]);
    trigger(&["wallet", "--set", "amount=12.50"]).await.fails(2, &["wallet: amount: ", "--unchecked"]);
    trigger(&["wallet", "--without", "order_id"]).await.fails(2, &["wallet: missing order_id"]);
    trigger(&["wallet", "--without", "oder_id"]).await.fails(2, &["--without oder_id", "did you mean `order_id`?"]);
    run(ottpay(&["trigger", "wallet"]), "").fails(2, &["the merchant id is not set"]);
    let odd = trigger(&["wallet", "--unchecked", "--set", "amount=12.50", "--set", "odd=1"]).await;
    assert_eq!(odd.code, 0, "{odd:?}");
}
