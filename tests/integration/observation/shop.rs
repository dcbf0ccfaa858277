//! A shop that prints all it gets. It runs every action of the specification with values that are easily found, meets errors
//! of each kind, and traces and logs at the finest level. `silence` runs it in a process of its own, because subscribers and
//! loggers are for a whole process, and searches what it printed.
//!
//! stdout contains traces, logs and the events of an observer; stderr contains what the shop prints of requests,
//! replies and errors.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::routing::post;
use base64::Engine as _;
use md5::{Digest as _, Md5};
use ottpay::envelope::{DigestForm, Message, seal_json};
use ottpay::observation::{Observed, Observer};
use ottpay::reply::Received;
use ottpay::request::{AnyRequest, InvalidRequest, Request as _};
use ottpay::spec::{ActionInfo, Example, FieldInfo, Kind, Protocol, Role};
use ottpay::{Amount, BizType, Cipher, Client, Framing, GATEWAY, SignKey};
use ottpay_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::common::{self, Any, FRAMINGS, Folder, NOBODY, OPERATOR, client_of, order, payment, shop_that};
use crate::gateway::every_action::prepare;

/// Where the values are written that must not be found.
pub(super) const VALUES: &str = "OTTPAY_TEST_VALUES";

pub(super) const SIGN_KEY: &str = "Zq7SignKeyOfTheShop";
const FORMER_KEY: &str = "Zq7FormerKeyOfTheShop";
const MERCHANT: &str = "ON00004652";

/// Where a value must not be found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Anywhere: keys and sensitive fields.
    Everywhere,
    /// Anywhere but in what the sandbox logs, which is for developers: what follows the `?` of addresses.
    NotBySandbox,
    /// In traces and logs, except those of the sandbox: order ids, links, text and bodies.
    Traced,
}

impl Scope {
    pub(super) const ALL: [(Self, &str); 3] =
        [(Self::Everywhere, "everywhere"), (Self::NotBySandbox, "not by the sandbox"), (Self::Traced, "traced")];
}

/// The values that must not be found: where, what it is, and the value.
#[derive(Clone, Default)]
pub(super) struct Values(Arc<Mutex<Vec<(Scope, String, String)>>>);

impl Values {
    pub(super) fn add(&self, scope: Scope, what: &str, value: &str) {
        let entry = (scope, what.to_owned(), value.to_owned());
        let mut values = self.0.lock().unwrap();
        if !values.contains(&entry) {
            values.push(entry);
        }
    }

    pub(super) fn write(&self, file: &str) {
        let mut file = std::fs::File::create(file).unwrap();
        for (scope, what, value) in self.0.lock().unwrap().iter() {
            let (_, scope) = Scope::ALL.iter().find(|(known, _)| known == scope).unwrap();
            writeln!(file, "{}", serde_json::json!([scope, what, value])).unwrap();
        }
    }
}

/// Prints the events of an observer.
pub(super) struct Prints;

impl Observer for Prints {
    fn observe(&self, event: &Observed<'_>) {
        println!("{event:?}\n{event:#?}");
    }
}

/// Prints the records of the crate `log`.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("{} {}: {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

pub(super) fn show(value: &(impl Debug + ?Sized)) {
    eprintln!("{value:?}\n{value:#?}");
}

/// An error with all its causes, in every form.
pub(super) fn show_error<E: StdError + 'static>(error: &E) {
    show(error);
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(error) = cause {
        eprintln!("{error}\n{error:#}\n{error:?}");
        cause = error.source();
    }
}

/// A value that is easily found, and that the field accepts.
fn make_value(field: &FieldInfo, number: usize) -> Option<String> {
    let digits = format!("739{:013}", 4_827_150_000_000_u64 + number as u64 * 7919);
    let candidates = [
        format!("Zq7 \u{e9}/{}+{number}", field.name),
        format!("Zq7{}{number}", field.name.replace('_', "")),
        digits.clone(),
        digits.chars().take(10).collect(),
        digits.chars().take(4).collect(),
    ];
    candidates.into_iter().find(|candidate| field.check_value(candidate, true).is_ok())
}

/// The fields of a request: those of the example, as far as the caller gives them, and every further text, with values that
/// are easily found.
fn make_fields(
    info: &'static ActionInfo,
    example: &Example,
    number: usize,
    callback: &str,
    values: &Values,
) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for field in info.request.iter().filter(|field| field.constant.is_none() && field.fill.is_none()) {
        let own = example.request.iter().find(|(name, _)| *name == field.name && !field.outer).map(|(_, text)| *text);
        let is_of_interest = field.sensitive || matches!(field.kind, Kind::Text);
        if own.is_none() && (field.instead_of.is_some() || !is_of_interest) {
            continue;
        }
        let made = match field.kind {
            Kind::Text => make_value(field, number),
            Kind::Url if field.role == Some(Role::CallbackUrl) => {
                values.add(Scope::NotBySandbox, "the query of the callback's address", &format!("Zq7callback{number}"));
                Some(format!("{callback}?key=Zq7callback{number}"))
            }
            Kind::Url => {
                values.add(Scope::NotBySandbox, "the query of an address", &format!("Zq7query{number}"));
                Some(format!("https://shop.example/back?key=Zq7query{number}"))
            }
            _ => None,
        };
        let Some(text) = made.or(own.map(str::to_owned)) else { continue };
        let scope = if field.sensitive { Scope::Everywhere } else { Scope::Traced };
        let is_found_easily = field.sensitive || text.starts_with("Zq7") || matches!(field.kind, Kind::OrderId);
        if is_found_easily {
            values.add(scope, &format!("{} of {}", field.name, info.name), &text);
        }
        fields.push((if field.outer { format!("outer {}", field.name) } else { field.name.to_owned() }, text));
    }
    fields
}

fn pairs(fields: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

/// The AES key of a message.
fn message_key(md5: &str) -> String {
    let digest = Md5::new().chain_update(md5).chain_update(SIGN_KEY).finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    hex[8..24].to_owned()
}

/// Values of hidden fields in replies, and links.
fn add_received(values: &Values, declared: &'static [FieldInfo], text: impl Fn(&str) -> Option<String>) {
    for field in declared {
        // The address without a server is that of a gateway, too.
        let is_of_interest = |value: &String| value.chars().count() >= 6 && value != NOBODY;
        let Some(value) = text(field.name).filter(is_of_interest) else { continue };
        let what = format!("{} as it came", field.name);
        if field.sensitive {
            values.add(Scope::Everywhere, &what, &value);
        } else if matches!(field.kind, Kind::Url) || field.role == Some(Role::PaymentLink) {
            values.add(Scope::Traced, &what, &value);
            if let Some((_, query)) = value.split_once('?') {
                values.add(Scope::NotBySandbox, &what, query);
            }
        }
    }
}

/// Every action against the sandbox, in both framings.
async fn run_actions(values: &Values) {
    let bodies = Arc::new(Mutex::new(Vec::<Bytes>::new()));
    let kept = Arc::clone(&bodies);
    let callback = shop_that(post(move |body: Bytes| async move {
        kept.lock().unwrap().push(body);
        "SUCCESS"
    }))
    .await;
    let mut number = 0;
    let rows = GATEWAY.actions.iter().flat_map(|info| info.examples.iter().map(move |example| (*info, example)));
    for ((info, example), framing) in rows.flat_map(|row| FRAMINGS.map(|framing| (row, framing))) {
        number += 1;
        let sandbox = Sandbox::builder().sign_key(common::key(SIGN_KEY)).start().await.unwrap();
        let client = client_of(&sandbox).framing(framing).observer(Prints).build().unwrap();
        prepare(&sandbox, &client, info, example).await;
        let fields = make_fields(info, example, number, &callback, values);
        match info.protocol {
            Protocol::Link => {
                let link = AnyRequest::link(&client, info, pairs(&fields)).unwrap();
                values.add(Scope::Traced, &format!("the link of {}", info.name), link.as_str());
                show(&link);
            }
            Protocol::Sdk => {
                let parameters = AnyRequest::parameters(&client, info, pairs(&fields)).unwrap();
                values.add(Scope::Traced, &format!("the parameters of {}", info.name), &parameters);
            }
            _ => {
                let request = Any::new(&client, info, pairs(&fields)).unwrap();
                let sent = values_of(&request);
                show(sent);
                values.add(Scope::Traced, "a request in JSON", &sent.to_json());
                if let Some(reply) = send(&client, &request).await {
                    add_received(values, info.reply, |name| reply.text(name).map(Into::into));
                    show(&reply);
                }
                if let Some(id) = sent.role(Role::Order) {
                    let _ = sandbox.pay(id).await;
                }
            }
        }
        for body in bodies.lock().unwrap().drain(..) {
            read_callback(&client, &body, values);
        }
    }
}

fn values_of(request: &Any) -> &ottpay::request::Values {
    match request {
        Any::Write(request) => request.values(),
        Any::Read(query) => query.values(),
    }
}

/// Sends a request, and prints why there is no reply.
async fn send(client: &Client, request: &Any) -> Option<Received> {
    match request {
        Any::Write(request) => client.send(request).await.map_err(|error| show_error(&error)).ok(),
        Any::Read(query) => client.send(query).await.map_err(|error| show_error(&error)).ok(),
    }
}

pub(super) fn read_callback(client: &Client, body: &[u8], values: &Values) {
    match client.callback(body) {
        Ok(callback) => {
            let declared = GATEWAY.callbacks.iter().flat_map(|callback| callback.fields);
            for field in declared.filter(|field| field.sensitive) {
                if let Some(value) = callback.raw().text(field.name).filter(|value| value.chars().count() >= 6) {
                    values.add(Scope::Everywhere, "a field of a callback", value);
                }
            }
            show(&callback);
            show(callback.raw());
        }
        Err(error) => show_error(&error),
    }
}

/// How a gateway answers that is not a good one: HTTP, or nothing. `secrets` are values of the request.
fn bad_answers(
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

/// Answers one connection, and gives the body of the request.
async fn answer_once(listener: &TcpListener, answer: Option<Vec<u8>>) -> Vec<u8> {
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

/// Every kind of error, for each action that has something to hide.
async fn run_errors(values: &Values) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder().endpoint(format!("http://{}", listener.local_addr().unwrap()));
    let client = client.merchant_id(MERCHANT).sign_key(common::key(SIGN_KEY)).also_open_with(common::key(FORMER_KEY));
    let client = client.timeout(Duration::from_millis(300)).observer(Prints).build().unwrap();
    show(&client);
    let is_posted = |info: &&&ActionInfo| matches!(info.protocol, Protocol::Envelope | Protocol::Json);
    let hides = |info: &&&ActionInfo| info.request.iter().any(|field| field.sensitive);
    let of_both_effects = [GATEWAY.find_method("status_query").unwrap(), GATEWAY.find_method("refund").unwrap()];
    let mut kinds = Vec::new();
    let actions = GATEWAY.actions.iter().filter(is_posted).filter(hides).copied().chain(of_both_effects);
    for (number, info) in (1000..).zip(actions) {
        let example = &info.examples[0];
        let fields = make_fields(info, example, number, "http://127.0.0.1:9/", values);
        let request = Any::new(&client, info, pairs(&fields)).unwrap();
        let sent = values_of(&request).iter();
        let mut secrets: Vec<String> =
            sent.filter(|(field, _)| field.sensitive).map(|(_, text)| text.to_owned()).collect();
        if secrets.is_empty() {
            secrets.push("nothing to hide".to_owned());
        }
        // The body is not known before it is sent, so the first exchange is for that.
        let lost = bad_answers(info, example, &secrets, b"").swap_remove(0);
        let (sent, body) = tokio::join!(send(&client, &request), answer_once(&listener, lost.1));
        assert!(sent.is_none());
        values.add(Scope::Traced, "the body of a request", &String::from_utf8_lossy(&body));
        if let Some(md5) = Message::read(&body).ok().and_then(|message| message.text("md5").map(str::to_owned)) {
            values.add(Scope::Everywhere, "the AES key of a message", &message_key(&md5));
        }
        for (kind, answer) in bad_answers(info, example, &secrets, &body).into_iter().skip(1) {
            let (sent, _) = tokio::join!(send(&client, &request), answer_once(&listener, answer));
            sent.iter().for_each(show);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        // Dropped on its way.
        tokio::select! {
            _ = answer_once(&listener, None) => {}
            _ = tokio::time::timeout(Duration::from_millis(20), send(&client, &request)) => {}
        }
        show_invalid(&client, info, &fields);
    }
    assert_eq!(kinds.len(), 19, "{kinds:?}");
}

/// Requests that break a rule, and mistakes of a caller.
fn show_invalid(client: &Client, info: &'static ActionInfo, fields: &[(String, String)]) {
    for index in 0..fields.len() {
        let with = |change: fn((String, String)) -> (String, String)| {
            let mut fields = fields.to_vec();
            fields[index] = change(fields[index].clone());
            fields
        };
        let swapped = with(|(name, text)| (text, name));
        let too_long = with(|(name, text)| (name, text.repeat(30)));
        let broken = with(|(name, text)| (name, format!("{text}\u{0}\n\u{200b}")));
        let empty = with(|(name, _)| (name, String::new()));
        for fields in [swapped, too_long, broken, empty] {
            match Any::new(client, info, pairs(&fields)) {
                Ok(request) => show(values_of(&request)),
                Err(error) => show_error::<InvalidRequest>(&error),
            }
        }
    }
}

/// Everything without a server: keys, settings, callbacks, and the browser's parameters.
async fn run_rest(values: &Values) {
    let settings = || Client::builder().merchant_id(MERCHANT).sign_key(common::key(SIGN_KEY)).observer(Prints);
    show(&settings());
    show(&common::key(SIGN_KEY));
    for wrong in [format!("\"{SIGN_KEY}\""), format!("SIGN_KEY={SIGN_KEY}"), format!("{SIGN_KEY}\u{200b}")] {
        show_error(&SignKey::new(wrong).unwrap_err());
    }
    for endpoint in ["https://shop:Zq7password@gate.example", "https://gate.example/?key=Zq7password", "Zq7password"] {
        show_error(&settings().endpoint(endpoint).build().unwrap_err());
    }
    values.add(Scope::Everywhere, "a password in the endpoint", "Zq7password");

    // No server listens, or the server does not speak TLS.
    let refused = settings().endpoint("http://127.0.0.1:9").build().unwrap();
    show_error(&refused.send(&payment(&refused, &order("Zq7Order1"))).await.unwrap_err());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = settings().endpoint(format!("https://{}", listener.local_addr().unwrap())).build();
    if let Ok(secure) = secure {
        let accept = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read_buf(&mut Vec::new()).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        };
        let request = payment(&secure, &order("Zq7Order1"));
        let (sent, ()) = tokio::join!(secure.send(&request), accept);
        show_error(&sent.unwrap_err());
    }
    values.add(Scope::Traced, "an order id", "Zq7Order1");

    // Callbacks: sealed by the former key, for another merchant, altered, cut off, and not a message at all.
    let client = settings().also_open_with(common::key(FORMER_KEY)).build().unwrap();
    let fields = r#"{"finish_time":"2025-01-01 00:00:00","order_id":"Zq7Order2","amount":"1999","bizpay_order_id":"WX1","merchant_id":"ON00004652","sub_openId":"Zq7buyer at the wallet"}"#;
    values.add(Scope::Everywhere, "the buyer's id in a callback", "Zq7buyer at the wallet");
    values.add(Scope::Traced, "an order id in a callback", "Zq7Order2");
    let sealed = |fields: &str, sign_key: &str| {
        let sealed = seal_json(fields, DigestForm::TextNullEmpty, &common::key(sign_key), Cipher::Aes128Ecb).unwrap();
        Message::new([("data", sealed.data.as_str()), ("md5", &sealed.md5)]).to_body(Framing::Json)
    };
    let good = sealed(fields, SIGN_KEY);
    for body in [
        good.clone(),
        sealed(fields, FORMER_KEY),
        sealed(fields, "a third key"),
        sealed(&fields.replace(MERCHANT, "ON00000001"), SIGN_KEY),
        sealed(&fields.replace("\"amount\"", " \"amount\""), SIGN_KEY),
        sealed(&fields.replace("1999", "Zq7buyer at the wallet"), SIGN_KEY),
        sealed(&fields.replace("Zq7Order2", "Zq7 buyer\\nat the wallet"), SIGN_KEY),
        sealed(&fields.replace("sub_openId", "Zq7buyer at the wallet"), SIGN_KEY),
        sealed(&fields.replace("finish_time", "openid"), SIGN_KEY),
        good[..good.len() / 2].to_vec(),
        fields.as_bytes().to_vec(),
        base64::prelude::BASE64_STANDARD.encode(fields).into_bytes(),
        b"sub_openId=Zq7buyer+at+the+wallet".to_vec(),
    ] {
        read_callback(&client, &body, values);
    }
    let forgery: serde_json::Value =
        serde_json::from_str(include_str!("../../../ottpay-runtime/tests/vectors/forgery.json")).unwrap();
    let text = |name: &str| forgery[name].as_str().unwrap().to_owned();
    values.add(Scope::Everywhere, "the sign key of the forgery", &text("sign_key"));
    let client = Client::builder().merchant_id(text("merchant_id")).sign_key(common::key(&text("sign_key")));
    let client = client.observer(Prints).build().unwrap();
    for which in ["genuine", "forged"] {
        values.add(Scope::Traced, "an order id of the forgery", forgery[which]["order_id"].as_str().unwrap());
        read_callback(&client, forgery[which]["body"].to_string().as_bytes(), values);
    }

    // A builder, which has the values before they are checked.
    let paid = client.passive_pay().order_id(order("Zq7Order3")).amount(Amount::from_minor(1)).operator_id(OPERATOR);
    let paid = paid.auth_code("Zq7code of the wallet").biz_type(BizType::Alipay);
    values.add(Scope::Everywhere, "the code of a wallet", "Zq7code of the wallet");
    show(&paid);
    show(&paid.clone().send());
    show(&paid.build().unwrap());
    match ottpay::WapPayLinkReturn::unauthenticated("trade_no=Zq7Order4&mer_code=Zq7code%20of%20the%20wallet") {
        Ok(back) => show(&back),
        Err(error) => show_error(&error),
    }
}

/// Prints traces and logs at the finest level.
pub(super) fn trace_everything() {
    let subscriber = tracing_subscriber::fmt().without_time().with_ansi(false).with_max_level(tracing::Level::TRACE);
    subscriber.with_span_events(FmtSpan::FULL).init();
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

#[tokio::test]
#[ignore = "`silence` runs it in a process of its own"]
async fn everything_is_printed() {
    let file = std::env::var(VALUES).expect("run by `silence`, which names a file for the values");
    trace_everything();
    let values = Values::default();
    values.add(Scope::Everywhere, "the sign key", SIGN_KEY);
    values.add(Scope::Everywhere, "the former key", FORMER_KEY);
    run_actions(&values).await;
    run_errors(&values).await;
    run_rest(&values).await;
    // The network thread ends dropped calls.
    tokio::time::sleep(Duration::from_millis(500)).await;
    values.write(&file);
}

/// A file for the values, and its folder, which is removed at the end.
pub(super) fn values_file(name: &str) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new(name);
    let file = folder.0.join("values");
    (folder, file)
}
