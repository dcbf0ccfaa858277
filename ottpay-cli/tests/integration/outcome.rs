//! What `ottpay call` reports about the money when a call fails.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::common::{self, Done, KEY, Running, run, sample};
use ottpay::envelope::{Message, seal};
use ottpay::{Cipher, Framing, SignKey};

const REFUND: [&str; 9] =
    ["call", "refund", "--yes", "--set", "order_id=R1", "--set", "ori_order_id=T1", "--set", "refund_amt=1"];
const QUERY: [&str; 4] = ["call", "status_query", "--set", "order_id=T1"];

/// A genuine reply.
fn reply(code: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: BTreeMap<_, _> = fields.iter().copied().collect();
    let sealed = seal(&fields, &SignKey::new(KEY).unwrap(), Cipher::Aes128Ecb);
    let members = [("rsp_code", code), ("rsp_msg", "so"), ("data", &sealed.data), ("md5", &sealed.md5)];
    Message::new(members).to_body(Framing::Json)
}

/// A gateway that answers everything with this, or never; the receiver is notified of each request.
fn gateway(answer: Option<Vec<u8>>) -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (heard, requests) = mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 65536]);
            if let Some(body) = &answer {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(&[head.as_bytes(), body].concat());
            }
            kept.push(stream);
            let _ = heard.send(());
        }
    });
    (format!("http://{address}"), requests)
}

fn call(arguments: &[&str], endpoint: &str) -> Command {
    let mut command = sample(arguments);
    command.env("OTTPAY_ENDPOINT", endpoint);
    command
}

/// The result if standard output goes there.
fn printed_to(mut command: Command, stdout: impl Into<Stdio>) -> (Option<i32>, String) {
    let child = command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_write_whose_reply_cannot_be_printed_is_not_reported_as_failed() {
    let (endpoint, _requests) = gateway(Some(reply("SUCCESS", &[("order_id", "R1"), ("order_status", "init")])));
    let full = || File::options().write(true).open("/dev/full").unwrap();
    // A pipe that is no longer read.
    let closed = || std::io::pipe().unwrap().1;
    let accepted = "error: REFUND (order R1) was accepted, but its reply could not be printed: ";
    for (code, said) in [printed_to(call(&REFUND, &endpoint), full()), printed_to(call(&REFUND, &endpoint), closed())] {
        assert_eq!(code, Some(3), "{said}");
        assert!(said.starts_with(accepted) && said.contains("; query it, do not send it again\n"), "{said}");
        assert!(said.contains("query order R1: ottpay call refund_query --set order_id=R1\n"), "{said}");
        // The constant is not on a page, so the query that a page suggests is named, too.
        assert!(
            said.contains("  REFUND_QUERY is an assumption: neither the vendor's pages nor a client shows it\n"),
            "{said}"
        );
        assert!(
            said.ends_with(
                "STATUS_QUERY with the same id may answer: ottpay call refund_status_query --set order_id=R1\n"
            ),
            "{said}"
        );
    }
    let (code, said) =
        printed_to(call(&QUERY, &gateway(Some(reply("SUCCESS", &[("order_status", "init")]))).0), full());
    assert!(code == Some(1) && said.starts_with("error: cannot write to standard output"), "{said}");
    let (endpoint, _requests) = gateway(Some(reply("SUCCESS", &[("order_status", "init")])));
    assert_eq!(printed_to(call(&QUERY, &endpoint), closed()), (Some(0), String::new()));
}

fn answered(arguments: &[&str], code: &str, fields: &[(&str, &str)]) -> Done {
    let (endpoint, _requests) = gateway(Some(reply(code, fields)));
    run(call(arguments, &endpoint), "")
}

#[test]
fn a_code_that_leaves_the_outcome_open_is_reported() {
    let fields = [("order_id", "R1"), ("order_status", "init")];
    let done = answered(&REFUND, "PROCESSING", &fields);
    assert_eq!((done.code, &done.json()["order_id"]), (3, &"R1".into()), "{done:?}");
    assert!(done.err.contains("the gateway answered PROCESSING: the outcome is unknown"), "{done:?}");
    assert!(done.err.contains("query order R1: ottpay call refund_query --set order_id=R1"), "{done:?}");
    let done = answered(&QUERY, "processing", &[("order_status", "init")]);
    assert!(done.code == 0 && done.err.contains("note: the gateway answered PROCESSING"), "{done:?}");
    let done = answered(&REFUND, "SUCCESS", &fields);
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
}

/// In GBK, with half of a surrogate pair, with a raw line break.
const ODD_TEXTS: [&[u8]; 3] = [b"\xb6\xa9\xb5\xa5\xd5\x5c", br"used \ud83c", b"order\nused"];

#[test]
fn a_code_is_reported_with_any_message() {
    let fields = [("order_id", "R1"), ("order_status", "init")];
    for text in ODD_TEXTS {
        let with_text = |code| {
            let body = String::from_utf8(reply(code, &fields)).unwrap();
            let (before, after) = body.split_once("\"so\"").unwrap();
            [before.as_bytes(), b"\"", text, b"\"", after.as_bytes()].concat()
        };
        let (endpoint, _requests) = gateway(Some(with_text("ORDER_USED")));
        let done = run(call(&REFUND, &endpoint), "");
        assert_eq!((done.code, done.out.as_str()), (3, ""), "{done:?}");
        assert!(done.err.starts_with("error: REFUND (order R1): ORDER_USED: "), "{done:?}");
        assert!(done.err.contains("query order R1: ottpay call refund_query --set order_id=R1"), "{done:?}");
        let (endpoint, _requests) = gateway(Some(with_text("SUCCESS")));
        let done = run(call(&REFUND, &endpoint), "");
        assert_eq!((done.code, &done.json()["order_id"]), (0, &"R1".into()), "{done:?}");
    }
}

#[test]
fn a_field_that_a_reply_has_to_have_is_missed() {
    let pay = ["call", "active_pay", "--yes", "--set", "amount=1", "--set", "biz_type=ALIPAY", "--set"];
    let pay = [&pay[..], &["call_back_url=https://shop.example/ottpay", "--operator-id", "0000020156"]].concat();
    let done = answered(&pay, "SUCCESS", &[("order_id", "G1")]);
    assert!(done.code == 0 && done.json()["order_id"] == "G1", "{done:?}");
    assert!(done.err.starts_with("note: ") && done.err.contains("code_url: required, but absent"), "{done:?}");
}

#[test]
fn an_interrupted_write_is_of_unknown_outcome_and_an_interrupted_read_is_not() {
    for (arguments, code, says) in [
        (&REFUND[..], 3, &["error: REFUND (order R1): interrupted", "the outcome is unknown", "refund_query"][..]),
        (&QUERY[..], 1, &["error: STATUS_QUERY (order T1): interrupted"]),
    ] {
        let (endpoint, requests) = gateway(None);
        let mut running = Running::start(call(arguments, &endpoint));
        requests.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
        let said = std::mem::replace(&mut running.err, mpsc::channel().1);
        assert_eq!(running.terminate(), Some(code));
        let said: Vec<String> = said.iter().collect();
        for text in says {
            assert!(said.join("\n").contains(text), "no `{text}` in {said:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_call_whose_reply_is_not_read_can_be_stopped() {
    let accepted = "error: REFUND (order R1) was accepted, but its reply could not be printed: interrupted before";
    let unread = "error: cannot write to standard output: interrupted before";
    for (arguments, order, code, says) in [(&REFUND[..], "R1", 3, accepted), (&QUERY[..], "T1", 1, unread)] {
        let (endpoint, requests) = gateway(Some(reply("SUCCESS", &[("order_id", order), ("order_status", "init")])));
        let (stdout, _reader) = common::stalled();
        let mut running = Running::start_into(call(arguments, &endpoint), stdout);
        requests.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
        // The reply has arrived and is verified, but the pipe is full.
        std::thread::sleep(std::time::Duration::from_secs(1));
        let said = std::mem::replace(&mut running.err, mpsc::channel().1);
        assert_eq!(running.terminate(), Some(code));
        let said: Vec<String> = said.iter().collect();
        assert!(said.first().is_some_and(|line| line.starts_with(says)), "{said:?}");
    }
}
