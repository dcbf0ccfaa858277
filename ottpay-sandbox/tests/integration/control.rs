//! The control interface: JSON that drives the sandbox, and lists of messages.

use crate::common::{NOBODY, checkout, control, pay, send, started};
use ottpay::Currency;
use serde_json::{Value, json};

#[tokio::test]
async fn exchange_rates_can_be_set() {
    let (sandbox, client) = started().await;
    let rate = async |currency| client.ex_rate_query().fee_type(currency).send().await;
    assert_eq!(rate(Currency::USD).await.unwrap().rate().to_string(), "6.5");
    control(&sandbox, "POST", "/rates", json!({ "USD": 712_345_678 })).await;
    assert_eq!(rate(Currency::USD).await.unwrap().rate().to_string(), "7.12345678");
    assert!(rate(Currency::new("XYZ").unwrap()).await.unwrap_err().to_string().contains("XYZ"));
    assert_eq!(control(&sandbox, "POST", "/rates", json!({ "USD": "a lot" })).await.0, 400);
}

#[tokio::test]
async fn a_wrong_call_is_answered_in_json_with_what_to_do() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let long = " ".repeat(1024 * 1024 + 1);
    for (line, body, status, word) in [
        ("GET /sandbox/nothing", "", 404, "the calls below /sandbox are status"),
        ("GET /sandbox/orders/nobody", "", 404, "no order nobody"),
        ("GET /sandbox/orders/%ff", "", 400, "UTF-8"),
        ("POST /sandbox/orders/T1/steal", "", 404, "expected one of pay"),
        ("DELETE /sandbox/clock", "", 405, "accepts GET or HEAD or POST, not DELETE"),
        ("POST /sandbox/faults", &long, 413, "at most 1048576 bytes"),
        ("GET /sandbox/orders?order_id=T1", "", 400, "order_id"),
        ("GET /sandbox/messages?limit=some", "", 400, "limit: expected a whole number"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": -1}"#, 400, "tip: expected minor units"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": "1.50"}"#, 400, "\"150\" is 1.50"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": ""}"#, 400, "tip: expected minor units"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": "+1"}"#, 400, "tip: expected minor units"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": 1.5}"#, 400, "tip: expected minor units"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": "18446744073709551616"}"#, 400, "tip: expected minor units"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": "1000000000000001"}"#, 400, "the tip is too large"),
        ("POST /sandbox/orders/T1/pay", r#"{"tipp": 1}"#, 400, "expected one of tip, convenience_fee"),
        ("POST /sandbox/orders/T1/pay", "[]", 400, "expected a JSON object"),
        ("POST /sandbox/orders/T1/pay", "tip=1", 400, "expected a JSON object"),
        ("POST /sandbox/faults", "[]", 400, "expected a JSON object"),
        ("POST /sandbox/faults", "", 400, "fault: missing; expected one of refuse"),
        ("POST /sandbox/faults", r#"{"fault": "fire"}"#, 400, "unknown fault fire; expected one of refuse"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "times": 0}"#, 400, "at least once"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "times": -1}"#, 400, "times: expected a whole number"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "code": 1}"#, 400, "code: expected a string"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "action": "X"}"#, 400, "such as ACTIVEPAY"),
        ("POST /sandbox/clock", r#"{"seconds": 1}"#, 400, "expected one of advance_seconds"),
        ("POST /sandbox/clock", "", 400, "advance_seconds: missing"),
        ("POST /sandbox/rates", r#"{"USD": 0}"#, 400, "USD: expected a rate"),
        ("POST /sandbox/rates", r#"{"dollar": 1}"#, 400, "dollar: not a currency code"),
    ] {
        let (found, _, reply) = send(&sandbox, line, "host: localhost\r\n", body).await;
        let reply: Value = serde_json::from_str(&reply).unwrap_or_else(|_| panic!("{line}: {reply}"));
        let text = reply["error"].as_str().unwrap();
        assert!(found == status && text.contains(word), "{line} {body:.40}: {found} {text}");
    }
    // The hint is about the parameters of the call.
    let (_, _, reply) = send(&sandbox, "GET /sandbox/received?limit=1", "host: localhost\r\n", "").await;
    assert!(reply.contains("expected `action` or `order_id`\"}"), "{reply}");
    let (status, head, reply) = send(&sandbox, "GET /sandbox/status", "host: evil.example\r\n", "").await;
    assert!(status == 403 && head.contains("application/json") && reply.contains("\"error\""), "{head} {reply}");
    let rates = send(&sandbox, "POST /sandbox/rates", "host: localhost\r\n", r#"{"eur": 780000000}"#).await.2;
    assert!(rates.contains(r#""EUR":780000000"#), "{rates}");
}

#[tokio::test]
async fn a_request_for_the_messages_after_one_gets_the_next() {
    let (sandbox, client) = started().await;
    for number in 1..=5 {
        pay(&client, &format!("T{number}"), 100, NOBODY).await.unwrap();
    }
    let numbers = async |query: &str| {
        let reply = send(&sandbox, &format!("GET /sandbox/messages?{query}"), "host: localhost\r\n", "").await.2;
        let reply: Vec<Value> = serde_json::from_str(&reply).unwrap();
        reply.iter().map(|message| message["message"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("limit=2").await, [5, 4]);
    assert_eq!(numbers("before=4&limit=2").await, [3, 2]);
    assert_eq!(numbers("after=1&limit=2").await, [3, 2]);
    assert_eq!(numbers("after=1&before=5&limit=2").await, [4, 3]);
}

#[tokio::test]
async fn messages_of_a_checkout_page_are_found_by_the_shops_id() {
    let (sandbox, client) = started().await;
    checkout(&client, "P1", NOBODY).await;
    let id = sandbox.order("P1").unwrap().unwrap().id().to_owned();
    let of = async |id: &str| {
        send(&sandbox, &format!("GET /sandbox/messages?order_id={id}"), "host: localhost\r\n", "").await.2
    };
    assert!(of("P1").await.contains("prepay_init"));
    assert_eq!(of("P1").await, of(&id).await);
}
