//! `ottpay call`, against a sandbox.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Command;

use crate::common::{Done, KEY, MERCHANT, run, sample};
use ottpay::SignKey;
use ottpay_sandbox::Sandbox;
use serde_json::json;

pub(crate) async fn sandbox() -> Sandbox {
    let key = SignKey::new(KEY).unwrap();
    Sandbox::builder().merchant_id(MERCHANT).sign_key(key).start().await.unwrap()
}

fn call_at(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sample(&[&["call"], arguments].concat());
    command.env("OTTPAY_ENDPOINT", sandbox.url());
    command
}

pub(crate) fn pay(sandbox: &Sandbox, order: &str, callback: &str) -> Done {
    let (order, callback) = (format!("order_id={order}"), format!("call_back_url={callback}"));
    let fields = ["--set", &order, "--set", "amount=1999", "--set", "biz_type=ALIPAY", "--set", &callback];
    let mut command = call_at(sandbox, &[&["ACTIVEPAY", "--yes"][..], &fields].concat());
    command.env("OTTPAY_OPERATOR_ID", "0000020156");
    run(command, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_created_paid_asked_for_and_refunded() {
    let sandbox = sandbox().await;
    let created = pay(&sandbox, "T1", "http://127.0.0.1:9/ottpay");
    assert_eq!((created.code, created.err.as_str()), (0, ""), "{created:?}");
    assert!(created.json()["code_url"].as_str().unwrap().contains("T1"));
    sandbox.pay("T1").await.unwrap();
    let asked = run(call_at(&sandbox, &["status_query", "--json", "-"]), r#"{"order_id":"T1"}"#);
    assert_eq!((asked.code, &asked.json()["order_id"]), (0, &json!("T1")), "{asked:?}");
    let fields = ["refund", "--set", "order_id=R1", "--set", "ori_order_id=T1", "--set", "refund_amt=500"];
    let before = sandbox.requests();
    run(call_at(&sandbox, &fields), "").fails(2, &["refund may move money", "--yes"]);
    assert_eq!(sandbox.requests(), before);
    let refunded = run(call_at(&sandbox, &[&fields[..], &["--yes"]].concat()), "");
    assert_eq!(refunded.code, 0, "{refunded:?}");
    assert_eq!(sandbox.requests(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_id_that_the_gateway_has_seen_ends_with_3_and_a_refusal_with_1() {
    let sandbox = sandbox().await;
    assert_eq!(pay(&sandbox, "T1", "http://127.0.0.1:9/").code, 0);
    let again = pay(&sandbox, "T1", "http://127.0.0.1:9/");
    again.fails(3, &["ORDER_USED", "query order T1: ottpay call status_query --set order_id=T1"]);
    let mut refund = call_at(&sandbox, &["refund", "--yes", "--set", "ori_order_id=T1", "--set", "refund_amt=1"]);
    refund.env("OTTPAY_SIGN_KEY", "another key");
    run(refund, "").fails(1, &["PARAM_ERROR"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_in_the_call_are_reported_before_anything_is_sent() {
    let sandbox = sandbox().await;
    let call = |arguments: &[&str]| run(call_at(&sandbox, arguments), "");
    call(&["status_qery"]).fails(2, &["unknown action `status_qery`", "did you mean `status_query`?"]);
    call(&["CC_PURCHASE"]).fails(2, &["several actions", "`elavon_purchase`", "`portico_purchase`"]);
    call(&["CC_PURCHASE", "--set", "txnAmt=1", "--set", "bizType=portico_card"]).fails(2, &["none of them accepts"]);
    call(&["status_query", "--set", "ordr_id=T1"])
        .fails(2, &["no field `ordr_id`", "did you mean `order_id`?", "fields are"]);
    call(&["status_query", "--set", "order_id=1", "--set", "order_id=2"]).fails(2, &["set twice"]);
    call(&["status_query", "--set", "order_id"]).fails(2, &["without `=`"]);
    call(&["status_query", "--set", "=T1"]).fails(2, &["--set needs a name before `=`"]);
    call(&["status_query"]).fails(2, &["STATUS_QUERY: order_id: required, but absent\n"]);
    call(&["status_query", "--set", "order_id="]).fails(2, &["STATUS_QUERY: order_id: required, but empty\n"]);
    call(&["status_query", "--json", "none.json"]).fails(2, &["cannot read none.json", "JSON object of strings"]);
    let large = ["refund_amt=99999999999999999999", "ori_order_id=T1"].into_iter().flat_map(|field| ["--set", field]);
    let large: Vec<_> = ["refund", "--yes"].into_iter().chain(large).collect();
    call(&large).fails(2, &["REFUND: refund_amt: the number is too large\n"]);
    let all = call(&["active_pay", "--yes", "--set", "amount=1.5", "--set", "call_back_url=shop"]);
    all.fails(
        2,
        &["ACTIVEPAY: 3 fields are invalid\n  amount: ", "\n  biz_type: required, but absent\n  call_back_url: "],
    );
    let dollars = json!({
        "amount": "19.99", "biz_type": "ALIPAY", "operator_id": "0000020156", "call_back_url": "https://shop.example/ottpay",
    });
    let done = run(call_at(&sandbox, &["active_pay", "--yes", "--json", "-"]), dollars.to_string());
    done.fails(2, &["ACTIVEPAY: amount: ", "`ottpay actions active_pay`"]);
    assert_eq!(sandbox.requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_actions_with_one_constant_the_given_fields_select_one() {
    let sandbox = sandbox().await;
    assert_eq!(pay(&sandbox, "T1", "http://127.0.0.1:9/ottpay").code, 0);
    let call = |arguments: &[&str]| run(call_at(&sandbox, arguments), "");
    let asked = call(&["STATUS_QUERY", "--set", "order_id=T1"]);
    assert_eq!((asked.code, &asked.json()["order_id"]), (0, &json!("T1")), "{asked:?}");
    // The method of that name reports fields that no action accepts.
    call(&["STATUS_QUERY", "--set", "ordr_id=T1"]).fails(2, &["status_query has no field `ordr_id`"]);
    call(&["status_query"]).fails(2, &["order_id"]);
    let fields = ["txnTime=20191125162635", "txnAmt=1", "frontUrl=http://127.0.0.1:9/", "backUrl=http://127.0.0.1:9/"];
    let card = |more: &[&str]| {
        let set = [&fields[..], more].concat().into_iter().flat_map(|field| ["--set", field]);
        call(&["CC_PURCHASE", "--yes"].into_iter().chain(set).collect::<Vec<_>>())
    };
    card(&[]).fails(2, &["more than one accepts the given fields", "`elavon_purchase`", "`union_pay_purchase`"]);
    for (orders, more) in [
        (2, &["channelType=ELAVONECOM"][..]),
        (3, &["bizType=securePay", "cc_channelType=mobile"]),
        // As the vendor's tables print it.
        (4, &["bizType= securePay", "cc_channelType=mobile"]),
    ] {
        let done = card(more);
        assert_eq!(done.code, 0, "{done:?}");
        assert_eq!(sandbox.orders().unwrap().len(), orders);
    }
    let done = run(
        call_at(&sandbox, &["inAppPay", "--json", "-"]),
        r#"{"amount":"1","bizType":"ALIPAYONLINE","call_back_url":"http://127.0.0.1:9/"}"#,
    );
    assert!(done.code == 0 && done.json()["bizType"] == "ALIPAYONLINE", "{done:?}");
}

#[test]
fn a_connection_that_is_not_made_ends_with_1_even_for_a_write() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let query = ["call", "status_query", "--set", "order_id=T1", "--endpoint", &endpoint];
    run(sample(&query), "").fails(1, &["nothing was sent", "--endpoint"]);
    let refund =
        ["call", "refund", "--yes", "--set", "order_id=R1", "--set", "ori_order_id=T1", "--set", "refund_amt=1"];
    run(sample(&[&refund[..], &["--endpoint", &endpoint]].concat()), "").fails(1, &["nothing was sent"]);
}

#[test]
fn a_lost_reply_ends_with_3_for_a_write_and_with_1_for_a_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = std::io::Read::read(&mut stream, &mut [0; 65536]);
            let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let refund =
        ["call", "refund", "--yes", "--set", "order_id=R1", "--set", "ori_order_id=T1", "--set", "refund_amt=1"];
    run(sample(&[&refund[..], &["--endpoint", &endpoint]].concat()), "").fails(3, &["502", "do not send"]);
    let query = ["call", "status_query", "--set", "order_id=T1", "--endpoint", &endpoint];
    run(sample(&query), "").fails(1, &["502"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_of_the_settings_fills_only_a_field_of_that_name() {
    let sandbox = sandbox().await;
    let fields = json!({ "amount": "1", "biz_type": "ALIPAY", "call_back_url": "http://127.0.0.1:9/" }).to_string();
    let with = |arguments: &[&str], operator: Option<&str>, input: &str| {
        let mut command = call_at(&sandbox, arguments);
        operator.map(|operator| command.env("OTTPAY_OPERATOR_ID", operator));
        run(command, input)
    };
    let pay = ["active_pay", "--yes", "--json", "-"];
    assert_eq!(with(&pay, Some("0000020156"), &fields).code, 0);
    // The id from the settings is checked by the same rules as one that is passed. Most pages do not state this limit,
    // so it only warns.
    let uncertain = with(&pay, Some("1"), &fields);
    let warning = "operator_id: expected 10 characters, got 1; accepted, because this limit is uncertain";
    assert_eq!((uncertain.code, &*uncertain.err), (0, &*format!("warning: ACTIVEPAY: {warning}\n")), "{uncertain:?}");
    let asked = with(&["status_query", "--set", "order_id=T9"], Some("A"), "");
    assert!(asked.code == 1 && !asked.err.contains("operator"), "{asked:?}");
}

#[test]
fn a_link_is_printed_and_not_sent() {
    let example = ottpay::GATEWAY.find_method("wap_pay_link").unwrap();
    let written = |name: &str| example.request.iter().any(|field| field.name == name && field.is_written());
    let fields = example.examples[0].request.iter().filter(|(name, _)| !written(name));
    let fields: serde_json::Map<_, _> = fields.map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let done = run(sample(&["call", "wap_pay_link", "--json", "-"]), json!(fields).to_string());
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.json()["url"].as_str().unwrap().starts_with("https://"), "{done:?}");
}
