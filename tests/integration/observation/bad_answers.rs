//! The answers of a gateway that repeats what it was sent, in every place where a client may read it.

use std::collections::BTreeMap;

use ottpay::envelope::{DigestForm, Message, seal_json};
use ottpay::spec::{ActionInfo, Example, Kind, Protocol};
use ottpay::{Cipher, Framing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::values::{FORMER_KEY, SIGN_KEY};
use crate::common;

/// How a misbehaving gateway answers: with HTTP, or not at all. `secrets` are values of the request.
pub(super) fn bad_answers(
    info: &ActionInfo,
    example: &Example,
    secrets: &[String],
    body: &[u8],
) -> Vec<(&'static str, Option<Vec<u8>>)> {
    let http = |status: &str, more: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
        Some([head.as_bytes(), body].concat())
    };
    let said = secrets.join(" and ");
    let json = |code: &str, message: &str| serde_json::json!({ "rsp_code": code, "rsp_msg": message }).to_string();
    let echo = String::from_utf8_lossy(body);
    let sealed = |fields: &BTreeMap<&str, &str>, sign_key: &str| {
        let text = serde_json::to_string(fields).unwrap();
        let sealed = seal_json(&text, DigestForm::TextNullEmpty, &common::key(sign_key), Cipher::Aes128Ecb).unwrap();
        let members = [("rsp_code", "SUCCESS"), ("rsp_msg", "ok"), ("data", &*sealed.data), ("md5", &*sealed.md5)];
        Message::new(members).to_body(Framing::Json)
    };
    let given: BTreeMap<&str, &str> = example.reply.iter().copied().collect();
    let mut altered = given.clone();
    for field in info.reply {
        match field.kind {
            // It cannot be read.
            Kind::Amount | Kind::DateTime => _ = altered.insert(field.name, "not readable"),
            _ if field.sensitive => _ = altered.insert(field.name, &secrets[0]),
            _ => {}
        }
    }
    let first = secrets.first().map(String::as_str).unwrap_or_default();
    let mut answers = vec![
        ("nothing", None),
        ("no reply", Some(Vec::new())),
        ("half a reply", Some(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"rsp_code\":\"SUC".to_vec())),
        ("not HTTP", Some(format!("{said}\r\n\r\n").into_bytes())),
        ("a refusal that repeats the values", http("200 OK", "", json("PARAM_ERROR", &said).as_bytes())),
        ("an unknown code that repeats the values", http("200 OK", "", json("NEW", &said).as_bytes())),
        ("values as code", http("200 OK", "", json(first, "no").as_bytes())),
        (
            "values as code and duplicate",
            http("200 OK", "", json("ORDER_USED", &format!("ORDER_USED {said}")).as_bytes()),
        ),
        ("a page with the values", http("502 Bad Gateway", "", format!("<p>{said}</p><p>{echo}</p>").as_bytes())),
        ("a line with the values", http("503 Busy", "", said.as_bytes())),
        ("a line with the body", http("500 Broken", "", body)),
        ("an error with the values", http("400 Bad", "", json("FAIL", &said).as_bytes())),
        ("an error that repeats the body", http("413 Large", "", json("FAIL", &echo).as_bytes())),
        (
            "a redirect with the values",
            http("307 Elsewhere", &format!("location: http://127.0.0.1:9/{}\r\n", escape(&said)), b""),
        ),
        ("a page", http("200 OK", "", format!("<p>{said}</p>").as_bytes())),
        (
            "a header with the values",
            http("200 OK", &format!("x-echo: {}\r\nset-cookie: a={}\r\n", escape(&said), escape(&said)), b"{}"),
        ),
        (
            "no code",
            http(
                "200 OK",
                "",
                serde_json::json!({ "message": said, "data": said, "md5": said }).to_string().as_bytes(),
            ),
        ),
        ("another key", http("200 OK", "", &sealed(&given, "another key"))),
    ];
    if info.protocol == Protocol::Envelope && !secrets.is_empty() {
        answers.push(("fields that cannot be read", http("200 OK", "", &sealed(&altered, SIGN_KEY))));
        answers.push(("the former key", http("200 OK", "", &sealed(&given, FORMER_KEY))));
    }
    answers
}

/// Letters and digits as they are.
fn escape(text: &str) -> String {
    let escaped =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escaped).collect()
}

/// Answers one connection, and returns the body of the request.
pub(super) async fn answer_once(listener: &TcpListener, answer: Option<Vec<u8>>) -> Vec<u8> {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    loop {
        let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
            let length = text.split("content-length: ").nth(1).unwrap().lines().next().unwrap().trim().parse::<usize>();
            if request.len() >= head + 4 + length.unwrap() {
                request.drain(..head + 4);
                break;
            }
        }
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the request is whole");
    }
    match answer {
        Some(answer) => _ = stream.write_all(&answer).await,
        None => _ = stream.read_buf(&mut Vec::new()).await,
    }
    request
}
