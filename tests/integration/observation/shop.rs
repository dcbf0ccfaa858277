//! A shop that prints everything it receives. It runs every action of the specification with values that are easily
//! found, meets errors of each kind, and traces and logs at the finest level. `silence` runs it in a process of its
//! own, because subscribers and loggers apply to a whole process, and searches what it printed.
//!
//! stdout contains traces, logs and the events of an observer; stderr contains what the shop prints of requests,
//! replies and errors.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::routing::post;
use base64::Engine as _;
use md5::{Digest as _, Md5};
use ottpay::envelope::{DigestForm, Message, seal_json};
use ottpay::reply::Received;
use ottpay::request::{AnyRequest, InvalidRequest, Request as _};
use ottpay::spec::{ActionInfo, Example, FieldInfo, Kind, Protocol, Role};
use ottpay::{Amount, BizType, Cipher, Client, Framing, GATEWAY, SignKey};
use ottpay_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::bad_answers::{answer_once, bad_answers};
use super::printing::{Prints, show, show_error, trace_everything};
use super::values::{FORMER_KEY, SIGN_KEY, Scope, VALUES, Values};
use crate::common::{self, Any, FRAMINGS, NOBODY, OPERATOR, client_of, order, payment, shop_that};
use crate::gateway::every_action::prepare;

const MERCHANT: &str = "ON00004652";

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

/// The fields of a request: those of the example that the caller sets, and every other text field, with values that are
/// easily found.
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

    // Callbacks: sealed by the former key, for another merchant, altered, truncated, and not a message at all.
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
