//! A separate specification, in a module of its own, with names that might clash: it compiles, and the sandbox
//! serves it without knowing anything about it.

/// Generated from `tests/unusual`.
pub(crate) mod own {
    #[cfg(not(feature = "serde"))]
    ottpay_macros::client!("tests/unusual");
    #[cfg(feature = "serde")]
    ottpay_macros::client!("tests/unusual", serde);
}

use crate::common::{self, order, refund_id};
use ottpay::{Amount, Error, Outcome, StatusClass};
use ottpay_sandbox::{Delivery, OrderKind, Sandbox};
use own::{ABType, ABtype, Client, GATEWAY};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().gateway(&GATEWAY).start().await.unwrap();
    let client =
        Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id()).sign_key(sandbox.sign_key());
    (sandbox, client.build().unwrap())
}

#[tokio::test]
async fn names_that_might_clash_do_not() {
    let (_sandbox, client) = start().await;
    let ping = client.ping().ping("hello").r#type(ABType::Myself).r#match(ABtype::AB).ping_clear("seen by all");
    let reply = ping.amount(Amount::from_minor(5)).send().await.unwrap();
    assert_eq!((reply.ping(), reply.r#type(), reply.r#match()), ("hello", &ABType::Myself, Some(&ABtype::AB)));
    client.nothing().send().await.unwrap();
    client.tables().send().await.unwrap();
    assert_eq!(ABtype::from("A b-c"), ABtype::AB);
    assert_eq!(ABType::from("2").as_str(), "2");
}

#[tokio::test]
async fn a_payment_needs_no_callback_and_no_particular_names() {
    let (sandbox, client) = start().await;
    let paid =
        client.scan().order_id(order("T1")).txn_amt(Amount::from_minor(500)).card("4111111111111111").send().await;
    assert_eq!(paid.unwrap().state().class(), StatusClass::Pending);
    assert_eq!(sandbox.pay("T1").await.unwrap(), Delivery::NotAsked);
    let refund = client.scan_request().order_id(refund_id("R1")).original(order("T1")).back(Amount::from_minor(500));
    refund.send().await.unwrap();
    assert_eq!(sandbox.order("R1").unwrap().unwrap().kind(), OrderKind::Refund);
    let state = client.ask().order_id(order("T1")).send().await.unwrap();
    assert_eq!((state.state().class(), state.returned()), (StatusClass::Refunded, Ok(Some(Amount::from_minor(500)))));
}

#[tokio::test]
async fn sensitive_values_are_not_shown() {
    let (_sandbox, client) = start().await;
    let whole = client.scan().order_id(order("T1")).txn_amt(Amount::from_minor(500));
    let request = whole.clone().card("4111111111111111").build().unwrap();
    let shown = format!("{request:?} {:?}", client.send(&request));
    assert!(!shown.contains("4111") && shown.contains("card: (hidden)"), "{shown}");
    let error = whole.card("411").send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Never);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("411") && shown.contains("expected at least 4 characters, got 3"), "{shown}");
}

#[tokio::test]
async fn the_declared_merchant_is_compared_and_empty_values_are_not_sent() {
    let settings = || {
        let client = Client::builder().merchant_id(common::SAMPLE_MERCHANT).sign_key(common::key(common::SAMPLE_KEY));
        client.cipher(ottpay::Cipher::Aes128Ecb)
    };
    let script = common::Script::accepted(r#"{"state":"done","merId":"OTHER"}"#);
    let error = settings().transport(script).build().unwrap().ask().order_id(order("T1")).send().await.unwrap_err();
    assert!(error.to_string().contains("another merchant"), "{error}");
    let script = common::Script::default();
    let client = settings().transport(std::sync::Arc::new(script.clone())).build().unwrap();
    let error = client.ping().ping("").r#type(ABType::One).send().await.unwrap_err();
    assert!(error.to_string().starts_with("PING: ping: required, but absent"), "{error}");
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn an_absent_status_has_no_meaning_for_the_money() {
    let script = common::Script::accepted("{}");
    let client = Client::builder().merchant_id(common::SAMPLE_MERCHANT).sign_key(common::key(common::SAMPLE_KEY));
    let client = client.cipher(ottpay::Cipher::Aes128Ecb).transport(script).build().unwrap();
    let state = client.ask().order_id(order("T1")).send().await.unwrap();
    assert_eq!((state.state().class(), state.state().as_str()), (StatusClass::Unknown, ""));
}

#[tokio::test]
async fn a_read_without_required_fields_needs_no_data() {
    let script = common::Script::body(r#"{"rsp_code":"SUCCESS"}"#);
    let client = Client::builder().merchant_id(common::SAMPLE_MERCHANT).sign_key(common::key(common::SAMPLE_KEY));
    client.transport(script).build().unwrap().nothing().send().await.unwrap();
}

#[tokio::test]
async fn plain_calls_and_links_of_ones_own_are_served_too() {
    let (sandbox, client) = start().await;
    let request = client.plain_buy().zulu(order("T1")).alpha(Amount::from_minor(5)).build().unwrap();
    let values = ottpay::request::Request::values(&request);
    assert_eq!(values.to_json(), r#"{"zulu":"T1","alpha":"5","fn":"T1"}"#);
    let reply = client.send(&request).await.unwrap();
    assert_eq!((reply.thing().raw_value(), reply.thing().back()), ("s3cret", Ok(Some(Amount::from_minor(5)))));
    assert_eq!(reply.thing().r#type().map(|state| state.class()), Some(StatusClass::Pending));
    let shown = format!("{reply:?} {:?}", reply.thing());
    assert!(!shown.contains("s3cret") && shown.contains("raw_value: (hidden)"), "{shown}");
    let held = client.plain_hold().zulu(order("T2")).alpha(Amount::from_minor(5)).with_itself().build().unwrap();
    assert_eq!(ottpay::request::Request::values(&held).get("Self"), Some("plain"));

    let link = client.open_page().r#type(order("T3")).r#loop(Amount::from_minor(7)).url_field("s3cret").url().unwrap();
    assert_eq!(link.as_str(), format!("{}/page?type=VDM%3D&loop=7&url_field=s3cret", sandbox.url()));
    assert_eq!(common::get(link.as_str()).await.0, 303);
    assert_eq!(sandbox.order("T3").unwrap().unwrap().amount(), Amount::from_minor(7));
    let back = own::OpenPageReturn::unauthenticated("type=VDM%3D&match=done").unwrap();
    assert_eq!((back.r#type(), back.r#match()), (&order("T3"), Some(&own::State::Done)));
    let object = r#"type=VDM&object={"received":{"raw_value":"s3cret"}}"#;
    let back = own::OpenPageReturn::unauthenticated(object).unwrap();
    assert_eq!(back.object().unwrap().unwrap().received().raw_value(), "s3cret");
    assert!(!format!("{back:?}").contains("s3cret"), "{back:?}");
    // An object that contains an amount is not absent because another of its members cannot be read.
    let object = r#"type=VDM&object={"received":{"raw_value":null,"back":"1,999"}}"#;
    let error = own::OpenPageReturn::unauthenticated(object).unwrap().object().unwrap_err();
    assert_eq!(error.to_string(), "object: received: raw_value: required, but absent");
    let object = r#"type=VDM&object={"received":{"raw_value":"s3cret","back":"1,999"}}"#;
    let back = own::OpenPageReturn::unauthenticated(object).unwrap();
    let error = back.object().unwrap().unwrap().received().back().unwrap_err();
    assert_eq!(error.to_string(), "back: expected a whole number of minor units");
    assert_eq!(own::ResponseCode::from("0000"), own::ResponseCode::Zeros);
    let error = own::OpenPageReturn::unauthenticated("match=done").unwrap_err();
    assert_eq!(error.to_string(), "type: required, but absent");
}

#[tokio::test]
async fn generic_code_can_send_any_request() {
    async fn call<R: ottpay::request::Write>(client: &Client, request: &R) -> Result<R::Reply, Error> {
        client.send(request).await
    }
    async fn ask<R: ottpay::request::Read>(client: &Client, request: &R) -> Result<R::Reply, ottpay::AskError> {
        client.send(request).retry(ottpay::Retry::default()).await
    }
    async fn build_and_ask(client: &Client) -> Result<(), ottpay::AskError> {
        let request = client.nothing().build()?;
        ask(client, &request).await?;
        Ok(())
    }
    let (sandbox, client) = start().await;
    build_and_ask(&client).await.unwrap();
    let payment =
        client.scan().order_id(order("T1")).txn_amt(Amount::from_minor(500)).card("4111111111111111").build().unwrap();
    call(&client, &payment).await.unwrap();
    let task = tokio::spawn(client.nothing().send());
    task.await.unwrap().unwrap();
    assert_eq!(sandbox.requests(), 3);
}
