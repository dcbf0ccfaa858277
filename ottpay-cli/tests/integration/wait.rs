//! `ottpay call --qr --wait`, against a sandbox.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Done, KEY, MERCHANT, Running, run, sample};
use ottpay::SignKey;
use ottpay_sandbox::{Act, Sandbox};

async fn sandbox() -> Sandbox {
    let key = SignKey::new(KEY).unwrap();
    Sandbox::builder().merchant_id(MERCHANT).sign_key(key).start().await.unwrap()
}

/// `ottpay call` with these arguments and fields, in CAD.
fn command(sandbox: &Sandbox, arguments: &[&str], fields: &[&str]) -> std::process::Command {
    let set = fields.iter().flat_map(|field| ["--set", field]);
    let all: Vec<_> = ["call"].into_iter().chain(arguments.iter().copied()).chain(set).collect();
    let mut command = sample(&all);
    command.env("OTTPAY_ENDPOINT", sandbox.url()).env("OTTPAY_CURRENCY", "CAD");
    command
}

const ORDER: [&str; 5] = [
    "order_id=T1",
    "amount=1999",
    "biz_type=ALIPAY",
    "operator_id=0000020156",
    "call_back_url=http://127.0.0.1:9/ottpay",
];

/// A payment that is waited for; its reply has arrived.
fn start(sandbox: &Sandbox, wait: &str) -> Running {
    let running = Running::start(command(sandbox, &["active_pay", "--yes", wait], &ORDER));
    let reply: Value = serde_json::from_str(&running.out()).unwrap();
    assert!(reply["code_url"].as_str().unwrap().contains("T1"), "{reply}");
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_waited_for_and_printed_as_the_query_confirms_it() {
    let sandbox = sandbox().await;
    let running = start(&sandbox, "--wait");
    sandbox.pay("T1").await.unwrap();
    let confirmed: Value = serde_json::from_str(&running.out()).unwrap();
    let money = |amount: u64| json!({ "amount": amount, "currency": "CAD" });
    let expected = json!({
        "confirmed": "paid", "id": "T1", "asked": money(1999), "paid": money(1999), "fee": money(0), "tip": money(0),
        "refunded": confirmed["refunded"], "query": "status_query", "evidence": "vendor",
    });
    assert_eq!(confirmed, expected);
    // Standard error is not a terminal, so there is no progress line.
    assert!(running.err.recv().is_err());
    assert_eq!(running.end(), Some(0));
    // A successful refund exits with 0, too.
    let fields = ["order_id=R1", "ori_order_id=T1", "refund_amt=1999"];
    let refunded = run(command(&sandbox, &["refund", "--yes", "--wait"], &fields), "");
    assert_eq!(refunded.code, 0, "{refunded:?}");
    let confirmed: Value = serde_json::from_str(refunded.out.lines().nth(1).unwrap()).unwrap();
    assert_eq!((&confirmed["confirmed"], &confirmed["id"]), (&json!("given_back"), &json!("R1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_declined_ends_with_1() {
    let sandbox = sandbox().await;
    let running = start(&sandbox, "--wait=60");
    sandbox.act("T1", Act::Decline).await.unwrap();
    let confirmed: Value = serde_json::from_str(&running.out()).unwrap();
    assert_eq!(confirmed["confirmed"], "ended", "{confirmed}");
    assert!(running.err().starts_with("error: ACTIVEPAY (order T1): ended: "));
    assert!(running.err().contains("late payment"));
    assert_eq!(running.end(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_an_end_in_time_ends_with_3_and_so_does_a_signal() {
    let sandbox = sandbox().await;
    let running = start(&sandbox, "--wait=1");
    let said = running.err();
    assert!(
        said.contains("(order T1): the order has not ended after 1 s") && said.contains("may still be paid"),
        "{said}"
    );
    assert_eq!(running.err(), "help: query order T1: ottpay call status_query --set order_id=T1");
    assert_eq!(running.end(), Some(3));
    let second = ["order_id=T2", ORDER[1], ORDER[2], ORDER[3], ORDER[4]];
    let running = Running::start(command(&sandbox, &["active_pay", "--yes", "--wait"], &second));
    running.out();
    let start = Instant::now();
    // It waits once it has queried the order: before, it may still be printing the reply.
    while sandbox.received("STATUS_QUERY").order_id("T2").count().unwrap() == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "no query within 20 s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let id = running.id();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let said = running.err();
    assert!(said.contains("(order T2): interrupted; the order may still be paid"), "{said}");
    assert_eq!(running.end(), Some(3));
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_the_payment_link_is_drawn_on_standard_error() {
    let sandbox = sandbox().await;
    let done = run(command(&sandbox, &["active_pay", "--yes", "--qr"], &ORDER), "");
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.json()["code_url"].is_string());
    let lines: Vec<_> = done.err.lines().collect();
    assert!(lines.len() > 15 && lines.iter().all(|line| line.chars().count() == lines[0].chars().count()), "{done:?}");
    assert!(done.err.chars().all(|character| " ▀▄█\n".contains(character)), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_waits_and_codes_are_rejected_before_anything_is_sent() {
    let sandbox = sandbox().await;
    let call = |arguments: &[&str], fields: &[&str]| -> Done { run(command(&sandbox, arguments, fields), "") };
    call(&["status_query", "--wait"], &["order_id=T1"]).fails(2, &["--wait: status_query is a query", "omit --wait"]);
    call(&["active_pay", "--yes", "--wait"], &ORDER[1..]).fails(2, &["--wait: ACTIVEPAY: order_id", "--set order_id="]);
    call(&["active_pay", "--yes", "--wait=0"], &ORDER).fails(2, &["1 to 86400"]);
    call(&["status_query", "--qr"], &["order_id=T1"]).fails(2, &["--qr: the reply to status_query", "`active_pay`"]);
    let mut without_currency = command(&sandbox, &["active_pay", "--yes", "--wait"], &ORDER);
    without_currency.env_remove("OTTPAY_CURRENCY");
    run(without_currency, "").fails(2, &["the currency is not set", "OTTPAY_CURRENCY"]);
    assert_eq!(sandbox.requests(), 0);
}
