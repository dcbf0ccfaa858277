//! `ottpay listen` without a ledger: verifies, prints and acknowledges callbacks.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::call::{pay, sandbox};
use crate::common::{self, KEY, MERCHANT, Running, ottpay, run, sample};
use ottpay::SignKey;
use ottpay_sandbox::Delivery;
use serde_json::json;

/// A message that matches the digest it states, written as it is given here.
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

    // A callback that is meant for another merchant.
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
    // An empty variable counts as unset, as everywhere.
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
