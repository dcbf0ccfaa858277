//! `ottpay call`, `ottpay listen` and `ottpay sandbox`, against a sandbox.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::common::{self, Done, KEY, MERCHANT, Running, ottpay, run, sample};
use ottpay::SignKey;
use ottpay_sandbox::{Delivery, Sandbox};
use serde_json::json;

async fn sandbox() -> Sandbox {
    let key = SignKey::new(KEY).unwrap();
    Sandbox::builder().merchant_id(MERCHANT).sign_key(key).start().await.unwrap()
}

fn call_at(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sample(&[&["call"], arguments].concat());
    command.env("OTTPAY_ENDPOINT", sandbox.url());
    command
}

fn pay(sandbox: &Sandbox, order: &str, callback: &str) -> Done {
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
        &["ACTIVEPAY: 3 fields are wrong\n  amount: ", "\n  biz_type: required, but absent\n  call_back_url: "],
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
    // Held to the same rules as one that is given. Most pages do not state this limit, so it only warns.
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

/// A message that has the digest it states, written as it is given here.
fn altered(fields: &str) -> String {
    use ottpay::envelope::{DigestForm, seal_json};
    let key = SignKey::new("A8B5FE540E38A5A9").unwrap();
    let sealed = seal_json(fields, DigestForm::TextNullEmpty, &key, ottpay::Cipher::Aes128Ecb).unwrap();
    json!({ "rsp_code": "SUCCESS", "data": sealed.data, "md5": sealed.md5 }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_is_verified_printed_and_acknowledged() {
    let sandbox = sandbox().await;
    let listening = Running::start(sample(&["listen", "--listen", "127.0.0.1:0"]));
    let first = listening.err();
    let url = first.strip_prefix("listening on ").unwrap();
    assert_eq!(pay(&sandbox, "T1", &format!("{url}/any/path")).code, 0);
    let Delivery::Answered { status, body, .. } = sandbox.pay("T1").await.unwrap() else { panic!("no answer") };
    assert_eq!((status, body.as_str()), (200, "SUCCESS"));
    let line: serde_json::Value = serde_json::from_str(&listening.out()).unwrap();
    assert_eq!((&line["order_id"], &line["amount"]), (&json!("T1"), &json!("1999")));

    // A callback that cannot be verified.
    let answer = post(url, b"{}");
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("not accepted\n"), "{answer}");
    assert!(listening.err().contains("neither `data` nor `md5`"));

    // A duplicate with a refusing code.
    let sealed = run(sample(&["seal", "ACTIVEPAY"]), r#"{"order_id":"T2"}"#).json();
    let again = json!({ "rsp_code": "FAIL", "data": sealed["data"], "md5": sealed["md5"] }).to_string();
    for _ in 0..2 {
        assert!(post(url, again.as_bytes()).starts_with("HTTP/1.1 200 "));
        assert_eq!(listening.out(), r#"{"order_id":"T2"}"#);
        assert!(listening.err().contains("the response code FAIL"));
    }
    assert_eq!(listening.err(), "note: duplicate callback (already received)");

    // Genuine data with any message around it: in GBK, with half of a surrogate pair, with a raw line break.
    for (number, text) in [&b"\xb3\xc9\xb9\xa6\xd5\x5c"[..], br"\ud83c", b"two\nlines"].into_iter().enumerate() {
        let sealed = run(sample(&["seal", "ACTIVEPAY"]), format!(r#"{{"order_id":"G{number}"}}"#)).out;
        let (_, members) = sealed.split_once('{').unwrap();
        let body = [b"{\"rsp_code\":\"SUCCESS\",\"rsp_msg\":\"", text, b"\",", members.as_bytes()].concat();
        assert!(post(url, &body).starts_with("HTTP/1.1 200 "), "{number}");
        assert_eq!(listening.out(), format!(r#"{{"order_id":"G{number}"}}"#));
    }

    // A callback made of parts of another one, and one with the `md5` of another but different fields.
    let refused = post(url, altered(r#"{"order_id":"A1", "convenience_fee":"1"}"#).as_bytes());
    assert!(refused.starts_with("HTTP/1.1 400 ") && refused.ends_with("not accepted\n"), "{refused}");
    let said = listening.err();
    assert!(said.contains("it may have been altered; query the order `A1`: whitespace between two tokens"), "{said}");
    assert!(post(url, altered(r#"{"order_id":"1A1"}"#).as_bytes()).starts_with("HTTP/1.1 200 "));
    let said = listening.err();
    assert!(
        said.starts_with("warning: tampering: an earlier callback with other fields, for the order `A1`, "),
        "{said}"
    );
    assert_eq!(listening.out(), r#"{"order_id":"1A1"}"#);
    assert!(post(url, altered(r#"{"order_id":"A1","amount":"1"}"#).as_bytes()).starts_with("HTTP/1.1 200 "));
    let said = listening.err();
    assert!(
        said.contains("tampering: an earlier callback with other fields, for the order `1A1`, has the same `md5`"),
        "{said}"
    );
    assert_eq!(listening.out(), r#"{"amount":"1","order_id":"A1"}"#);

    // What another merchant should have got.
    let other = run(sample(&["seal", "ACTIVEPAY", "--merchant-id", "ON00000001"]), r#"{"order_id":"T3"}"#).out;
    assert!(post(url, other.as_bytes()).starts_with("HTTP/1.1 400 "));
    let said = listening.err();
    assert!(said.ends_with("for the merchant `ON00000001`; the settings have `ON00004652`"), "{said}");

    // A body that is not a callback at all.
    let answer = exchange(url, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.contains("expected a POST"), "{answer}");
    assert!(listening.err().contains("expected a POST"));
    let answer = post(url, &vec![b' '; 1024 * 1024 + 1]);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("smaller than 1 MiB"), "{answer}");
    assert!(listening.err().contains("smaller than 1 MiB"));
    assert_eq!(listening.terminate(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_callback_that_is_not_read_is_not_acknowledged_and_does_not_delay_a_signal() {
    let (stdout, mut reader) = common::stalled();
    let listening = Running::start_into(sample(&["listen", "--listen", "127.0.0.1:0"]), stdout);
    let url = listening.err().strip_prefix("listening on ").unwrap().to_owned();
    let sealed = run(sample(&["seal", "ACTIVEPAY"]), r#"{"order_id":"T1"}"#).out;
    let mut waiting = send_bytes(&url, &posted(sealed.as_bytes()));
    waiting.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    assert!(waiting.read(&mut [0]).is_err(), "acknowledged before anybody had it");
    // The callback is acknowledged only after it has been read.
    let mut read = String::new();
    while !read.contains('\n') {
        let mut part = [0; 4096];
        let length = reader.read(&mut part).unwrap();
        read.push_str(std::str::from_utf8(&part[..length]).unwrap());
    }
    assert_eq!(read.trim(), r#"{"order_id":"T1"}"#);
    waiting.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let (stdout, _reader) = common::stalled();
    let listening = Running::start_into(sample(&["listen", "--listen", "127.0.0.1:0"]), stdout);
    let url = listening.err().strip_prefix("listening on ").unwrap().to_owned();
    let mut waiting = send_bytes(&url, &posted(sealed.as_bytes()));
    waiting.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    assert!(waiting.read(&mut [0]).is_err(), "acknowledged before anybody had it");
    assert_eq!(listening.terminate(), Some(0));
}

fn send_bytes(url: &str, request: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(request).unwrap();
    stream
}

/// Returns the response to these bytes.
fn exchange(url: &str, request: &[u8]) -> String {
    let mut stream = send_bytes(url, request);
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn posted(body: &[u8]) -> Vec<u8> {
    let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn post(url: &str, body: &[u8]) -> String {
    exchange(url, &posted(body))
}

/// What `listen` answers to a genuine callback, without the header `date`.
fn answer_of(arguments: &[&str], variables: &[(&str, &str)], file: &str) -> String {
    let folder = common::folder();
    std::fs::write(folder.join("ottpay.toml"), file).unwrap();
    let mut command = sample(&[&["listen", "--listen", "127.0.0.1:0"], arguments].concat());
    command.current_dir(folder).envs(variables.iter().copied());
    let listening = Running::start(command);
    let url = listening.err().strip_prefix("listening on ").unwrap().to_owned();
    let sealed = run(sample(&["seal", "ACTIVEPAY"]), r#"{"order_id":"T1"}"#).out;
    let answer = post(&url, sealed.as_bytes());
    assert_eq!(listening.out(), r#"{"order_id":"T1"}"#);
    // One that is rejected is never answered with the acknowledgement.
    assert!(post(&url, b"{}").ends_with("\r\n\r\nnot accepted\n"));
    let lines = answer.split("\r\n").filter(|line| !line.starts_with("date: ") && !line.starts_with("connection: "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_answer_to_a_callback_is_a_setting_by_flag_variable_or_file() {
    let answer = |content_type: &str, body: &str| {
        format!("HTTP/1.1 200 OK\ncontent-type: {content_type}\ncontent-length: {}\n\n{body}", body.len())
    };
    let variables = [("OTTPAY_ACKNOWLEDGEMENT", "true"), ("OTTPAY_ACKNOWLEDGEMENT_TYPE", "application/json")];
    let file = "acknowledgement = \"<xml/>\"\nacknowledgement_type = \"text/xml\"\n";
    assert_eq!(answer_of(&[], &[], ""), answer("text/plain", "SUCCESS"));
    assert_eq!(answer_of(&[], &[], file), answer("text/xml", "<xml/>"));
    assert_eq!(answer_of(&[], &variables, file), answer("application/json", "true"));
    let flags = ["--acknowledgement", "成功", "--acknowledgement-type", "text/plain; charset=utf-8"];
    assert_eq!(answer_of(&flags, &variables, file), answer("text/plain; charset=utf-8", "成功"));
    // Each by itself, and an empty body, which is one of the answers on record.
    assert_eq!(answer_of(&["--acknowledgement", "OK"], &[], ""), answer("text/plain", "OK"));
    assert_eq!(answer_of(&["--acknowledgement="], &[], file), answer("text/xml", ""));
    assert_eq!(answer_of(&[], &[], "acknowledgement = \"\""), answer("text/plain", ""));
    // An empty variable is one that is not set, as everywhere.
    assert_eq!(answer_of(&[], &[("OTTPAY_ACKNOWLEDGEMENT", "")], file), answer("text/xml", "<xml/>"));
}

#[test]
fn an_answer_to_callbacks_that_cannot_be_sent_is_named_with_its_source() {
    let refused = |arguments: &[&str], variable: Option<(&str, &str)>, says: &[&str]| {
        let mut command = sample(&[&["listen", "--listen", "127.0.0.1:0"], arguments].concat());
        command.envs(variable);
        run(command, "").fails(2, says);
    };
    refused(&["--acknowledgement", "O\nK"], None, &["one line", "--acknowledgement sets it"]);
    refused(&["--acknowledgement-type", "OK"], None, &["such as text/plain", "--acknowledgement-type sets it"]);
    refused(&["--acknowledgement-type", "text/plain; charset=gbk"], None, &["in UTF-8", "--acknowledgement-type"]);
    let long = "x".repeat(1025);
    refused(
        &[],
        Some(("OTTPAY_ACKNOWLEDGEMENT", &long)),
        &["at most 1024 bytes, got 1025", "the variable OTTPAY_ACKNOWLEDGEMENT sets it"],
    );
    run(ottpay(&["sandbox", "--acknowledgement", "O\nK"]), "").fails(2, &["--acknowledgement", "one line"]);
}

#[test]
fn the_sandbox_notes_another_answer_to_a_callback_in_its_log() {
    let listening = Running::start(sample(&["listen", "--listen", "127.0.0.1:0", "--acknowledgement", "OK"]));
    let shop = listening.err().strip_prefix("listening on ").unwrap().to_owned();
    let paid = |more: &[&str]| {
        let own = ["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY];
        let running = Running::start(ottpay(&[&own, more].concat()));
        let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
        let callback = format!("call_back_url={shop}");
        let fields = ["amount=1", "biz_type=ALIPAY", "operator_id=0000020156", "order_id=T1", &*callback];
        let fields = fields.into_iter().flat_map(|field| ["--set", field]);
        let arguments: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(fields).collect();
        assert_eq!(run(sample(&arguments), "").code, 0);
        let pay = "POST /sandbox/orders/T1/pay HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        assert!(exchange(&url, pay.as_bytes()).starts_with("HTTP/1.1 200 "));
        let mut log = String::new();
        while !log.contains("the callback was ") {
            log = running.err();
        }
        log
    };
    let log = paid(&[]);
    assert!(
        log.contains("INFO")
            && log.contains("the callback was acknowledged, but its answer has a body other than `SUCCESS`")
    );
    let log = paid(&["--strict-acknowledgement"]);
    assert!(
        log.contains("WARN")
            && log.contains("the callback was not acknowledged: answer has a body other than `SUCCESS`")
    );
}

#[test]
fn a_port_in_use_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    for command in ["listen", "sandbox"] {
        run(sample(&[command, "--listen", &address]), "").fails(1, &[&address, "in use", "--listen"]);
    }
}

#[test]
fn the_sandbox_prints_its_address_and_accepts_calls() {
    let running = Running::start(ottpay(&["sandbox", "--listen", "127.0.0.1:0"]));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    let merchant = running.out().strip_prefix("merchant_id ").unwrap().to_owned();
    let key = running.out().strip_prefix("sign_key ").unwrap().to_owned();
    let mut call = ottpay(&["call", "status_query", "--set", "order_id=T1", "--endpoint", &url]);
    call.env("OTTPAY_SIGN_KEY", &key).env("OTTPAY_MERCHANT_ID", merchant);
    let done = run(call, "");
    assert_eq!(done.code, 1, "{done:?}");
    assert!(!done.err.contains(&key) && done.err.contains("STATUS_QUERY"), "{done:?}");
    let export = format!(
        "to call it: export OTTPAY_ENDPOINT={url} OTTPAY_MERCHANT_ID=SB00000001 OTTPAY_CURRENCY=CAD, and OTTPAY_SIGN_KEY to the key \
         above"
    );
    // Standard error is not a terminal here, and may be a log.
    assert_eq!((running.err(), running.err()), (export, format!("pages for developers: {url}/sandbox")));
    assert_eq!(running.terminate(), Some(0));
}

#[test]
fn a_limit_that_is_not_certain_is_a_warning_in_the_log_of_the_sandbox() {
    let running =
        Running::start(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY]));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    let pay = |operator: &str, order: &str| {
        let (operator, order) = (format!("operator_id={operator}"), format!("order_id={order}"));
        let fields = ["amount=1", "biz_type=ALIPAY", "call_back_url=http://127.0.0.1:9/", &*operator, &*order];
        let fields = fields.into_iter().flat_map(|field| ["--set", field]);
        let arguments: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(fields).collect();
        assert_eq!(run(sample(&arguments), "").code, 0);
    };
    pay("0000020156", "T1");
    pay("12", "T2");
    let lines: Vec<_> = std::iter::from_fn(|| running.err.recv_timeout(Duration::from_millis(500)).ok()).collect();
    let warnings: Vec<_> = lines.iter().filter(|line| line.contains("not certain")).collect();
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    assert!(warning.contains("accepted, but do not rely on it: ") && warning.contains("WARN"), "{warning}");
    assert!(warning.contains("operator_id (expected 10 characters, got 2)"), "{warning}");
    let created: Vec<_> = lines.iter().filter(|line| line.contains("order created")).collect();
    let [first, _] = &created[..] else { panic!("{created:?}") };
    assert!(first.contains("INFO") && first.contains("T1") && first.contains("active_pay"), "{first}");
    assert!(first.contains("0.01 CAD"), "{first}");
}

#[test]
fn a_strict_sandbox_refuses_tolerated_requests() {
    let strict = Running::start(sample(&[
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--strict",
        "--merchant",
        MERCHANT,
        "--sign-key",
        KEY,
    ]));
    let url = strict.out().strip_prefix("listening on ").unwrap().to_owned();
    let pay = |operator: &str, id: &str| {
        let (operator, id) = (format!("operator_id={operator}"), format!("order_id={id}"));
        let fields = [&*id, &*operator, "amount=1", "biz_type=ALIPAY", "call_back_url=http://127.0.0.1:9/"];
        let fields = fields.into_iter().flat_map(|field| ["--set", field]);
        let arguments: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(fields).collect();
        run(sample(&arguments), "")
    };
    assert_eq!(pay("0000020156", "T1").code, 0);
    let refused = pay("12", "T2");
    assert!(refused.code != 0 && refused.err.contains("refused by a strict sandbox: "), "{refused:?}");
}

#[test]
fn settings_of_another_merchant_are_reported_and_not_used() {
    let mut command = sample(&["sandbox", "--listen", "localhost:0"]);
    command.env("OTTPAY_ENDPOINT", "https://frontapi.ottpay.com");
    let running = Running::start(command);
    let (_, merchant) = (running.out(), running.out());
    assert_eq!(merchant, "merchant_id SB00000001");
    let note = running.err();
    assert!(note.contains("OTTPAY_ENDPOINT, OTTPAY_MERCHANT_ID, OTTPAY_SIGN_KEY"), "{note}");
    assert!(!note.contains(KEY) && running.err().starts_with("to call it: export "));
    // The same merchant and key by flag: only the address differs.
    let same =
        Running::start(sample(&["sandbox", "--listen", "localhost:0", "--merchant", MERCHANT, "--sign-key", KEY]));
    let said = same.err();
    assert!(said.starts_with("to call it: export ") && !said.contains("OTTPAY_SIGN_KEY"), "{said}");
}

#[test]
fn a_sandbox_that_other_machines_can_reach_reports_it() {
    let running = Running::start(ottpay(&["sandbox", "--listen", "0.0.0.0:0"]));
    assert!(running.out().starts_with("listening on http://127.0.0.1:"));
    let note = running.err();
    assert!(note.starts_with("note: at 0.0.0.0, other machines can reach the gateway"), "{note}");
}

#[test]
fn a_database_that_cannot_be_used_is_named_with_what_to_do() {
    let place = common::folder();
    for (file, says) in [("none/orders.db", "create the folder"), ("", "a file in this folder")] {
        let path = place.join(file);
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--db", path.to_str().unwrap()]), "");
        done.fails(1, &["database", says, "--db"]);
    }
    for merchant in ["", " "] {
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", merchant]), "");
        done.fails(2, &["--merchant <ID>", "a merchant id must not be empty"]);
    }
    #[cfg(unix)]
    {
        let link = place.join("link.db");
        std::os::unix::fs::symlink("none.db", &link).unwrap();
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--db", link.to_str().unwrap()]), "");
        done.fails(1, &["it is a link to none.db, which does not exist; remove the link"]);
    }
    run(ottpay(&["sandbox", "--listen", "shop"]), "").fails(2, &["as in 127.0.0.1:8081"]);
}

#[test]
fn the_sandbox_does_not_print_a_key_that_it_was_given() {
    let running = Running::start(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--sign-key", KEY]));
    assert!(running.out().starts_with("listening on http://127.0.0.1:"));
    assert!(running.out().starts_with("merchant_id "));
    let said = running.err() + &running.err();
    assert!(said.contains("pages for developers") && !said.contains(KEY), "{said}");
    assert!(running.out.try_recv().is_err());
}
