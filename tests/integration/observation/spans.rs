//! The spans of a call and of its attempts.

use std::collections::BTreeMap;
use std::time::Duration;

use super::recorded::{Entry, Recorded};
use crate::common::{Any, Script, accepted, client_of, order, payment, sample, until};
use ottpay::spec::{Example, FieldInfo, Protocol};
use ottpay::transport::{HttpResponse, TransportError};
use ottpay::{ClientBuilder, Error, Framing, GATEWAY, Retry};
use ottpay_sandbox::Sandbox;
use tokio::net::TcpListener;

const CREATED: &str = r#"{"code_url":"weixin://x","order_id":"T1"}"#;

fn fields(entry: &Entry) -> BTreeMap<&str, &str> {
    entry.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Result<HttpResponse, TransportError> {
    Ok(HttpResponse { status, body: body.into() })
}

/// The two spans of a payment that is answered in this way.
async fn pay(
    answer: Result<HttpResponse, TransportError>,
    change: impl FnOnce(ClientBuilder<ottpay::Client>) -> ClientBuilder<ottpay::Client>,
) -> (Entry, Entry, Result<(), Error>) {
    let client = change(sample().transport(Script::new([answer]))).build().unwrap();
    let (recorded, _guard) = Recorded::start();
    let paid = client.send(&payment(&client, &order("T1"))).await.map(drop);
    let [call, attempt] = &recorded.entries()[..] else { panic!("{:?}", recorded.entries()) };
    (call.clone(), attempt.clone(), paid)
}

fn accepted_body() -> Vec<u8> {
    accepted(CREATED).to_body(Framing::Json)
}

#[tokio::test]
async fn a_call_is_a_span_with_its_attempt_inside() {
    let (call, attempt, paid) = pay(answer(200, accepted_body()), |builder| builder).await;
    paid.unwrap();
    assert_eq!((&*call.name, &*call.target, call.parent, call.is_closed), ("ottpay.call", "ottpay", None, true));
    let expected = [("ottpay.action", "ACTIVEPAY"), ("ottpay.method", "active_pay"), ("ottpay.version", "1.0")];
    assert_eq!(fields(&call), BTreeMap::from(expected));
    assert_eq!((&*attempt.name, &*attempt.target, attempt.is_closed), ("ottpay.attempt", "ottpay", true));
    assert_eq!(attempt.parent, Some(0));
    let expected = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("otel.kind", "client"),
        ("otel.name", "POST"),
        ("server.address", "127.0.0.1"),
        ("server.port", "9"),
        ("url.full", "http://127.0.0.1:9/processV2"),
    ];
    assert_eq!(fields(&attempt), BTreeMap::from(expected));
}

#[tokio::test]
async fn the_order_id_is_in_the_span_of_the_call_only_if_asked_for() {
    let (call, attempt, _) = pay(answer(200, accepted_body()), |builder| builder.trace_order_ids(true)).await;
    assert_eq!((call.field("ottpay.order_id"), attempt.field("ottpay.order_id")), (Some("T1"), None));
    let (by_default, ..) = pay(answer(200, accepted_body()), |builder| builder).await;
    let change = |builder: ClientBuilder<_>| builder.trace_order_ids(true).trace_order_ids(false);
    let (turned_off, ..) = pay(answer(200, accepted_body()), change).await;
    assert!(!format!("{by_default:?}{turned_off:?}").contains("T1"), "{by_default:?} {turned_off:?}");
}

#[tokio::test]
async fn the_span_has_the_overrides_of_a_call() {
    let script = Script::body(accepted(r#"{"order_id":"T1","order_status":"init"}"#).to_body(Framing::Json));
    let client = sample().endpoint("http://[::1]:8080/gate").transport(script).build().unwrap();
    let (recorded, _guard) = Recorded::start();
    let query = client.union_pay_query().order_id(order("T1")).send();
    let _ = query.action("STATUS_QUERY").version("1.1").path("/processV3").await;
    let [call, attempt] = &recorded.entries()[..] else { panic!("{:?}", recorded.entries()) };
    assert_eq!((call.field("ottpay.action"), call.field("ottpay.version")), (Some("STATUS_QUERY"), Some("1.1")));
    assert_eq!(call.field("ottpay.method"), Some("union_pay_query"));
    assert_eq!((attempt.field("server.address"), attempt.field("server.port")), (Some("::1"), Some("8080")));
    assert_eq!(attempt.field("url.full"), Some("http://[::1]:8080/gate/processV3"));
}

/// The fields that the client does not write itself.
fn find_given(info: &ottpay::spec::ActionInfo, example: &Example) -> Vec<(&'static str, &'static str)> {
    let is_given = |field: &FieldInfo| field.constant.is_none() && field.fill.is_none();
    let find = |name: &str| info.request.iter().find(|field| field.name == name).unwrap();
    example.request.iter().copied().filter(|(name, _)| is_given(find(name))).collect()
}

#[tokio::test]
async fn every_action_that_is_posted_has_both_spans() {
    let mut protocols = Vec::new();
    for info in GATEWAY.actions.iter().filter(|info| !matches!(info.protocol, Protocol::Link | Protocol::Sdk)) {
        let script = Script::new([answer(503, "")]);
        let client = script.client();
        let request = Any::new(&client, info, find_given(info, &info.examples[0])).unwrap();
        let (recorded, _guard) = Recorded::start();
        request.send(&client).await.unwrap_err();
        let [call, attempt] = &recorded.entries()[..] else { panic!("{}: {:?}", info.name, recorded.entries()) };
        assert_eq!((call.field("ottpay.method"), attempt.parent), (Some(info.name), Some(0)));
        assert_eq!(call.field("ottpay.version"), Some(info.version).filter(|version| !version.is_empty()));
        assert_eq!(attempt.field("url.full"), Some(&*format!("http://127.0.0.1:9{}", info.path)));
        if !protocols.contains(&info.protocol) {
            protocols.push(info.protocol);
        }
    }
    assert_eq!(protocols.len(), 2, "sealed and plain: {protocols:?}");
}

#[tokio::test]
async fn a_failed_write_reports_what_is_known_about_the_money_in_fixed_words() {
    let refused = |code: &str| answer(200, format!(r#"{{"rsp_code":"{code}","rsp_msg":"no"}}"#));
    let other = accepted(CREATED.replace("T1", "T2").as_str()).to_body(Framing::Json);
    let foreign = accepted(r#"{"merchant_id":"ON00000001"}"#).to_body(Framing::Json);
    for (answer, outcome, error, code, on_attempt) in [
        (Err(TransportError::not_sent("x")), "not_sent", "not_sent", None, Some("not_sent")),
        (Err(TransportError::timed_out("x")), "unknown", "timeout", None, Some("timeout")),
        (Err(TransportError::lost("x")), "unknown", "lost", None, Some("lost")),
        (Err(TransportError::too_large(9)), "unknown", "too_large", None, Some("too_large")),
        (answer(502, "<html>"), "unknown", "http_status", None, Some("502")),
        (answer(307, ""), "unknown", "http_status", None, None),
        (answer(200, "<html>"), "unknown", "unreadable", None, None),
        (answer(200, r#"{"rsp_code":"SUCCESS","data":"AAAA","md5":"x"}"#), "unknown", "unverified", None, None),
        (answer(200, foreign), "unknown", "other_merchant", None, None),
        (answer(200, "{}"), "unknown", "no_code", None, None),
        (answer(200, r#"{"rsp_code":"SUCCESS"}"#), "unknown", "no_data", None, None),
        (answer(200, other), "unknown", "field", None, None),
        (answer(200, accepted(r#"{"order_id":"T1"}"#).to_body(Framing::Json)), "unknown", "field", None, None),
        (refused("PARAM_ERROR"), "refused", "not_accepted", Some("PARAM_ERROR"), None),
        (refused("SYSTEM_ERROR"), "unknown", "not_accepted", Some("SYSTEM_ERROR"), None),
        // The gateway may write anything there; only codes that the specification lists are shown.
        (refused("4111111111111111"), "unknown", "not_accepted", None, None),
    ] {
        let (call, attempt, paid) = pay(answer, |builder| builder).await;
        let case = format!("{paid:?} {call:?} {attempt:?}");
        assert!(paid.is_err() && call.is_closed && attempt.is_closed, "{case}");
        assert_eq!(call.field("ottpay.outcome"), Some(outcome), "{case}");
        assert_eq!((call.field("error.type"), call.field("ottpay.code")), (Some(error), code), "{case}");
        assert_eq!(call.field("otel.status_code"), Some("ERROR"), "{case}");
        assert_eq!(attempt.field("error.type"), on_attempt, "{case}");
        assert_eq!(attempt.field("otel.status_code"), on_attempt.map(|_| "ERROR"), "{case}");
        let status = paid.unwrap_err().to_string().contains("502").then_some("502");
        assert_eq!(attempt.field("http.response.status_code").filter(|own| *own == "502"), status, "{case}");
    }
}

#[tokio::test]
async fn a_failed_read_has_its_error_and_no_outcome() {
    for (answer, error) in [
        (Err(TransportError::not_sent("x")), "not_sent"),
        (answer(200, r#"{"rsp_code":"PARAM_ERROR","rsp_msg":"no"}"#), "not_accepted"),
    ] {
        let client = Script::new([answer]).client();
        let (recorded, _guard) = Recorded::start();
        client.status_query().order_id(order("T1")).send().await.unwrap_err();
        let call = &recorded.entries()[0];
        assert_eq!((call.field("ottpay.outcome"), call.field("error.type")), (None, Some(error)), "{call:?}");
    }
}

#[tokio::test]
async fn a_read_that_is_repeated_is_one_call_with_several_attempts() {
    let state = accepted(r#"{"order_id":"T1","order_status":"init"}"#).to_body(Framing::Json);
    let script = Script::new([Err(TransportError::lost("x")), answer(503, ""), answer(200, state)]);
    let client = script.client();
    let (recorded, _guard) = Recorded::start();
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    client.status_query().order_id(order("T1")).send().retry(retry).await.unwrap();
    let entries = recorded.entries();
    assert_eq!(entries[0].field("error.type"), None);
    let attempts: Vec<_> = entries[1..]
        .iter()
        .map(|entry| (entry.parent, entry.field("http.request.resend_count"), entry.field("error.type")))
        .collect();
    let expected = [(Some(0), None, Some("lost")), (Some(0), Some("1"), Some("503")), (Some(0), Some("2"), None)];
    assert_eq!(attempts, expected);
}

#[tokio::test]
async fn an_invalid_request_is_a_call_without_an_attempt() {
    let client = Script::new([]).client();
    let (recorded, _guard) = Recorded::start();
    let invalid = client.active_pay().order_id(order("T1")).amount(ottpay::Amount::from_minor(1));
    let invalid = invalid
        .biz_type(ottpay::BizType::from("PAYPAL"))
        .operator_id("0000020156")
        .call_back_url("https://shop.example/");
    invalid.send().await.unwrap_err();
    client.send(&payment(&client, &order("T1"))).path("no path").await.unwrap_err();
    let entries = recorded.entries();
    assert_eq!(entries.len(), 2, "{entries:?}");
    for call in entries {
        assert_eq!((&*call.name, call.field("error.type")), ("ottpay.call", Some("invalid")), "{call:?}");
        assert_eq!(call.field("ottpay.outcome"), Some("never"));
        assert!(call.is_closed);
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_its_spans_and_is_unknown() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = sample().endpoint(format!("http://{}", silent.local_addr().unwrap())).build().unwrap();
    let (recorded, _guard) = Recorded::start();
    // Neither is sent.
    drop(client.send(&payment(&client, &order("T1"))));
    assert_eq!(recorded.entries().len(), 0);
    let mut sent = Box::pin(client.send(&payment(&client, &order("T1"))));
    let _stream = tokio::select! {
        accepted = silent.accept() => accepted.unwrap(),
        answered = &mut sent => panic!("{answered:?}"),
    };
    drop(sent);
    // The network thread releases its span a moment later. If it is the last to do so, a registry that subscribes on
    // this thread only does not learn that the parent is closed, too; `silence` compares this for a process-wide one.
    until(async || recorded.find_named("ottpay.attempt")[0].is_closed).await;
    let [call, attempt] = &recorded.entries()[..] else { panic!("{:?}", recorded.entries()) };
    assert_eq!((call.field("error.type"), call.field("ottpay.outcome")), (Some("dropped"), Some("unknown")));
    assert_eq!((attempt.field("error.type"), attempt.field("http.response.status_code")), (Some("dropped"), None));
    let asked = tokio::time::timeout(Duration::from_millis(20), client.status_query().order_id(order("T1")).send());
    asked.await.unwrap_err();
    let call = &recorded.find_named("ottpay.call")[1];
    assert_eq!((call.field("error.type"), call.field("ottpay.outcome")), (Some("dropped"), None), "a read");
}

#[tokio::test]
async fn the_work_on_the_thread_of_the_network_is_in_the_span_which_ends_before_the_connection() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    client.send(&payment(&client, &order("T1"))).await.unwrap();
    let (recorded, _guard) = Recorded::start();
    // The connection of a read is kept for longer than this test runs.
    client.status_query().order_id(order("T1")).send().await.unwrap();
    until(async || recorded.entries().iter().all(|entry| entry.is_closed)).await;
    let [attempt] = &recorded.find_named("ottpay.attempt")[..] else { panic!("{:?}", recorded.entries()) };
    assert!(attempt.threads.contains("ottpay-network") && attempt.threads.len() == 2, "{:?}", attempt.threads);
    assert_eq!(attempt.field("http.response.status_code"), Some("200"));
}

#[tokio::test]
async fn concurrent_calls_each_have_their_own_attempt() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).trace_order_ids(true).build().unwrap();
    let (recorded, _guard) = Recorded::start();
    // Tasks of this thread, which alternate.
    let calls: Vec<_> =
        (0..40).map(|number| tokio::spawn(client.send(&payment(&client, &order(&format!("T{number}")))))).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let entries = recorded.entries();
    let mut orders = Vec::new();
    for attempt in entries.iter().filter(|entry| entry.name == "ottpay.attempt") {
        let call = &entries[attempt.parent.unwrap()];
        assert_eq!((&*call.name, call.parent), ("ottpay.call", None));
        orders.push(call.field("ottpay.order_id").unwrap());
    }
    orders.sort_unstable();
    orders.dedup();
    assert_eq!(orders.len(), 40);
}

#[tokio::test]
async fn a_call_is_in_the_span_of_its_caller() {
    let client = Script::body(accepted_body()).client();
    let (recorded, _guard) = Recorded::start();
    let sending = client.send(&payment(&client, &order("T1")));
    tracing::Instrument::instrument(sending, tracing::info_span!("checkout")).await.unwrap();
    let parents: Vec<_> = recorded.entries().iter().map(|entry| (entry.name.clone(), entry.parent)).collect();
    let expected = [("checkout", None), ("ottpay.call", Some(0)), ("ottpay.attempt", Some(1))];
    assert_eq!(parents, expected.map(|(name, parent)| (name.to_owned(), parent)));
}
