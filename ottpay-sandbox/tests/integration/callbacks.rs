//! Callbacks: how often they are tried, in which order, and for how long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::common::{NOBODY, client_of, control, exchange, get, pay, send, shop, shop_that, started, until};
use axum::http::StatusCode;
use axum::routing::post;
use ottpay_sandbox::{Delivery, Fault, Sandbox, SandboxBuilder, SandboxError};
use serde_json::Value;

#[tokio::test]
async fn a_callback_is_retried_until_it_is_accepted_or_abandoned() {
    let (sandbox, client) = started().await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let answer = move || async move {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        if call < 2 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    };
    let url = shop_that(post(answer)).await;
    pay(&client, "T1", 100, &url).await.unwrap();
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Answered { status: 503, .. }));
    let state = async |id: &str| {
        control(&sandbox, "GET", &format!("/orders/{id}"), Value::Null).await.1["callbacks"][0].clone()
    };
    until(async || state("T1").await["state"] == "delivered").await;
    let statuses: Vec<_> =
        state("T1").await["attempts"].as_array().unwrap().iter().map(|a| a["status"].clone()).collect();
    assert_eq!(statuses, [503, 503, 200]);

    pay(&client, "T2", 100, NOBODY).await.unwrap();
    assert!(matches!(sandbox.pay("T2").await.unwrap(), Delivery::Failed { .. }));
    until(async || state("T2").await["state"] == "failed").await;
    assert_eq!(state("T2").await["attempts"].as_array().unwrap().len(), 4);

    // The URL is not on this machine: nothing is sent or retried.
    for (id, url) in [("T3", "https://shop.example/"), ("T4", "https://127.0.0.1:9/")] {
        pay(&client, id, 100, url).await.unwrap();
        let Delivery::Failed { reason, .. } = sandbox.pay(id).await.unwrap() else { panic!("it was sent") };
        assert!(reason.contains("plain HTTP") && reason.contains("--callbacks-anywhere"), "{reason}");
        assert_eq!(state(id).await["state"], "failed");
    }
}

#[tokio::test]
async fn a_callback_out_of_order_waits_for_a_later_one_not_for_an_older() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    pay(&client, "OLD", 1, NOBODY).await.unwrap();
    sandbox.pay("OLD").await.unwrap();
    sandbox.add_fault(Fault::CallbackOutOfOrder).unwrap();
    pay(&client, "HELD", 1, &url).await.unwrap();
    assert_eq!(sandbox.pay("HELD").await.unwrap(), Delivery::Later);
    let attempts = async || {
        let (_, old) = control(&sandbox, "GET", "/orders/OLD", Value::Null).await;
        old["callbacks"][0]["attempts"].as_array().unwrap().len()
    };
    until(async || attempts().await == 4).await;
    assert!(bodies.lock().unwrap().is_empty());
    pay(&client, "NEW", 1, &url).await.unwrap();
    sandbox.pay("NEW").await.unwrap();
    until(async || bodies.lock().unwrap().len() == 2).await;
    let first = bodies.lock().unwrap()[0].clone();
    assert_eq!(client.callback(&first).unwrap().order_id().as_str(), "NEW");
}

#[tokio::test]
async fn a_clock_that_jumps_does_not_send_a_callback_that_is_under_way_again() {
    let (sandbox, client) = started().await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let answer = move || async move {
        counted.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(300)).await;
        StatusCode::OK
    };
    let url = shop_that(post(answer)).await;
    pay(&client, "T1", 100, &url).await.unwrap();
    let delivered = sandbox.pay("T1");
    let jump = async {
        until(async || calls.load(Ordering::Relaxed) == 1).await;
        sandbox.advance(Duration::from_secs(3600)).unwrap();
    };
    let (delivered, ()) = tokio::join!(delivered, jump);
    assert!(matches!(delivered.unwrap(), Delivery::Answered { status: 200, .. }));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn waiting_for_a_callback_always_ends() {
    let (sandbox, client) = started().await;
    // A shop that accepts the connection and never answers, and twice as many callbacks as can be in progress.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    for number in 0..600 {
        let id = format!("T{number}");
        pay(&client, &id, 100, &url).await.unwrap();
        let body = send(&sandbox, &format!("POST /sandbox/orders/{id}/pay"), "host: localhost\r\n", "").await;
        assert_eq!(body.0, 200, "{}", body.2);
    }
    pay(&client, "last", 100, &url).await.unwrap();
    let start = Instant::now();
    let late = sandbox.pay("last").await;
    assert!(matches!(late, Err(SandboxError::NotDelivered { .. })), "{late:?}");
    assert!(start.elapsed() < Duration::from_secs(18));
    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// The state of the callback of an order that was paid at a shop with this answer, and the note of its first attempt.
async fn answered(builder: SandboxBuilder, body: &'static str) -> (Sandbox, String, Option<String>) {
    let sandbox = builder.callback_attempts(2, Duration::from_secs(600)).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    let url = shop_that(post(async move || body)).await;
    pay(&client, "T1", 100, &url).await.unwrap();
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Answered { status: 200, .. }));
    let order = control(&sandbox, "GET", "/orders/T1", Value::Null).await.1;
    let callback = &order["callbacks"][0];
    let note = callback["attempts"][0]["note"].as_str().map(str::to_owned);
    let state = callback["state"].as_str().unwrap().to_owned();
    (sandbox, state, note)
}

#[tokio::test]
async fn an_unexpected_answer_is_noted_and_accepted() {
    for (builder, body) in [
        (Sandbox::builder(), "SUCCESS"),
        (Sandbox::builder().acknowledgement("OK"), "OK"),
        (Sandbox::builder().acknowledgement(""), ""),
    ] {
        let (_sandbox, state, note) = answered(builder, body).await;
        assert_eq!((state.as_str(), note), ("delivered", None), "{body}");
    }
    for (builder, body, expected) in [
        (Sandbox::builder(), "success", "SUCCESS"),
        (Sandbox::builder(), "SUCCESS\n", "SUCCESS"),
        (Sandbox::builder(), "", "SUCCESS"),
        (Sandbox::builder().acknowledgement("OK"), "SUCCESS", "OK"),
    ] {
        let (sandbox, state, note) = answered(builder, body).await;
        let says = format!("answer has a body other than `{expected}` (OTT Pay does not document what it compares)");
        assert_eq!((state.as_str(), note.as_deref()), ("delivered", Some(says.as_str())), "{body}");
        let order = control(&sandbox, "GET", "/orders/T1", Value::Null).await.1;
        assert!(order["events"].to_string().contains("a body other than"), "{order}");
        // Where a developer looks.
        let page = get(&format!("{}/sandbox/orders/T1", sandbox.url())).await.1;
        assert!(page.contains("a body other than"), "{page}");
    }
}

#[tokio::test]
async fn a_strict_sandbox_repeats_a_callback_until_the_answer_is_the_expected_one() {
    let strict = || Sandbox::builder().strict_acknowledgement(true);
    for (builder, body, state) in [
        (strict(), "SUCCESS", "delivered"),
        (strict(), "success", "waiting"),
        (strict().acknowledgement("OK"), "SUCCESS", "waiting"),
        (strict().acknowledgement("OK"), "OK", "delivered"),
    ] {
        let (_sandbox, found, note) = answered(builder, body).await;
        assert_eq!((found.as_str(), note.is_none()), (state, state == "delivered"), "{body}: {note:?}");
    }
}

/// An answer whose beginning is the whole of the longest acknowledgement is not that acknowledgement.
#[tokio::test]
async fn an_answer_that_goes_on_is_another_one() {
    static LONG: [u8; 1025] = [b'x'; 1025];
    let longest = std::str::from_utf8(&LONG[..1024]).unwrap();
    let strict = || Sandbox::builder().strict_acknowledgement(true).acknowledgement(longest);
    assert_eq!(answered(strict(), longest).await.1, "delivered");
    assert_eq!(answered(strict(), std::str::from_utf8(&LONG).unwrap()).await.1, "waiting");
}

#[tokio::test]
async fn an_answer_that_no_merchant_can_give_cannot_be_expected() {
    for (body, says) in [("OK\n".to_owned(), "one line"), ("x".repeat(1025), "at most 1024 bytes, got 1025")] {
        let error = Sandbox::builder().acknowledgement(body).start().await.unwrap_err().to_string();
        assert!(error.contains("invalid acknowledgement: expected a body") && error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_callback_is_sent_again_as_often_as_it_is_asked_for() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    let taken = || bodies.lock().unwrap().len();
    pay(&client, "T1", 100, &url).await.unwrap();
    assert!(matches!(sandbox.resend("T1", 1).await, Err(SandboxError::NoSuchCallback { number: 1, .. })));
    assert!(matches!(sandbox.resend("nobody", 1).await, Err(SandboxError::NoSuchOrder { .. })));
    sandbox.pay("T1").await.unwrap();
    assert!(matches!(sandbox.resend("T1", 1).await.unwrap(), Delivery::Answered { status: 200, .. }));
    let (status, queued) = control(&sandbox, "POST", "/orders/T1/callbacks/2/resend", Value::Null).await;
    assert_eq!((status, queued["state"].as_str()), (200, Some("waiting")), "{queued}");
    until(async || taken() == 3).await;
    let page = format!("{}/sandbox/order/T1", sandbox.url());
    assert!(get(&page).await.1.contains("name=\"resend\" value=\"3\""));
    let pressed = exchange(sandbox.url(), "POST", "/sandbox/order/T1", b"resend=3".to_vec()).await;
    assert_eq!(pressed.0, 303);
    until(async || taken() == 4).await;
    let sent = bodies.lock().unwrap().clone();
    assert!(sent.iter().all(|body| *body == sent[0]), "every one is the same message");
    let order = control(&sandbox, "GET", "/orders/T1", Value::Null).await.1;
    assert!(order["events"].to_string().contains("the test sends callback 1 again"), "{order}");
    for (number, status) in [("0", 404), ("6", 404), ("first", 400)] {
        let path = format!("/orders/T1/callbacks/{number}/resend");
        let (answered, reply) = control(&sandbox, "POST", &path, Value::Null).await;
        assert!(answered == status && reply["error"].is_string(), "{number}: {reply}");
    }
    let (status, page) = exchange(sandbox.url(), "POST", "/sandbox/order/T1", b"resend=9".to_vec()).await;
    assert_eq!(status, 400);
    assert!(String::from_utf8(page).unwrap().contains("has no callback 9"));
}

#[tokio::test]
async fn a_callback_that_is_sent_again_is_retried_like_any_other() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Failed { .. }));
    assert!(matches!(sandbox.resend("T1", 1).await.unwrap(), Delivery::Failed { .. }));
    let again = async || control(&sandbox, "GET", "/orders/T1", Value::Null).await.1["callbacks"][1].clone();
    until(async || again().await["state"] == "failed").await;
    assert_eq!(again().await["attempts"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn the_latest_callbacks_are_listed_with_their_numbers() {
    let (sandbox, client) = started().await;
    let (url, _) = shop().await;
    pay(&client, "T1", 100, &url).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    for number in 1..=102 {
        sandbox.resend("T1", number).await.unwrap();
    }
    let (_, order) = control(&sandbox, "GET", "/orders/T1", Value::Null).await;
    let callbacks = order["callbacks"].as_array().unwrap();
    assert_eq!((callbacks.len(), &order["earlier_callbacks"], &order["earlier_events"]), (100, &3.into(), &0.into()));
    assert_eq!((&callbacks[0]["number"], &callbacks[99]["number"]), (&4.into(), &103.into()));
    let (_, page) = get(&format!("{}/sandbox/order/T1", sandbox.url())).await;
    assert!(page.contains("3 more before these") && page.contains("name=\"resend\" value=\"103\""), "{page}");
}
