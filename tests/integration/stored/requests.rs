//! A finished request is stored and restored as it was, or not at all.

use std::sync::LazyLock;

use crate::common::{OPERATOR, key, order, payment, sample};
use crate::specification::unusual::own;
use ottpay::stored::{Restore, StoredRequest};
use ottpay::{ActivePay, Amount, BizType, Client, Currency, OrderId, PorticoPurchase, StatusQuery, Timestamp};
use serde::Serialize;
use serde_json::{Value, from_value, json, to_value};

/// One for all tests, because creating a client is slow.
fn client() -> Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| sample().build().unwrap());
    CLIENT.clone()
}

fn restore<R: Restore>(client: &Client, form: Value) -> Result<R, String> {
    let stored: StoredRequest = from_value(form).map_err(|error| error.to_string())?;
    stored.restore(client).map_err(|error| error.to_string())
}

fn comes_back<R: Restore + PartialEq + std::fmt::Debug>(client: &Client, request: &R, form: &impl Serialize) {
    let text = serde_json::to_string(form).unwrap();
    let stored: StoredRequest = serde_json::from_str(&text).unwrap();
    assert_eq!(&stored.restore::<R>(client).unwrap(), request, "{text}");
}

#[test]
fn a_request_is_restored_after_a_restart() {
    let request = payment(&client(), &order("T1"));
    let form = to_value(&request).unwrap();
    assert_eq!((&form["action"], &form["merchant_id"]), (&json!("active_pay"), &json!("ON00004652")));
    assert_eq!((&form["fields"]["amount"], &form["hidden"]), (&json!("1999"), &json!([])));
    comes_back(&client(), &request, &request);
    let query = client().status_query().order_id(order("T1")).build().unwrap();
    comes_back::<StatusQuery>(&client(), &query, &query);
    let mut chance = fastrand::Rng::with_seed(4);
    for _ in 0..200 {
        let payment = client().active_pay().order_id(OrderId::random()).operator_id(OPERATOR);
        let payment = payment.amount(Amount::from_minor(chance.u64(..) >> chance.u32(0..64)));
        let payment = payment.biz_type(BizType::WechatPay);
        let payment = payment.call_back_url(format!("https://shop.example/{}", chance.alphanumeric())).build().unwrap();
        comes_back::<ActivePay>(&client(), &payment, &payment);
        comes_back::<ActivePay>(&client(), &payment, &payment.with_sensitive());
    }
}

const SECRETS: [&str; 3] = ["S3CRET-CARD", "S3CRET-DIGEST", "9999"];

fn card(client: &Client) -> PorticoPurchase {
    let time = Timestamp::new("20191125162635").unwrap();
    let request = client.portico_purchase().order_id(order("T1")).shop_id("1").operator_id(OPERATOR).txn_time(time);
    let request = request.txn_amt(Amount::from_minor(1999)).cc_number(SECRETS[0]).cc_sha(SECRETS[1]);
    request.currency(Currency::CAD).cc_maskednum("9999").build().unwrap()
}

#[test]
fn sensitive_fields_are_stored_only_on_request_and_never_sent_hidden() {
    let request = card(&client());
    let text = serde_json::to_string(&request).unwrap();
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)) && !text.contains("(hidden)"), "{text}");
    let form: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(form["hidden"], json!(["cc_maskednum", "cc_number", "cc_sha"]));
    let error = restore::<PorticoPurchase>(&client(), form.clone()).unwrap_err();
    assert!(error.contains(": hidden when the request was stored"), "{error}");
    // Nor if the list is removed: the fields are required.
    let mut tampered = form;
    tampered["hidden"] = json!([]);
    let error = restore::<PorticoPurchase>(&client(), tampered).unwrap_err();
    assert!(error.contains("required, but absent"), "{error}");
    let whole = serde_json::to_string(&request.with_sensitive()).unwrap();
    assert!(SECRETS.iter().all(|secret| whole.contains(secret)), "{whole}");
    comes_back(&client(), &request, &request.with_sensitive());
    let stored: StoredRequest = serde_json::from_str(&whole).unwrap();
    let shown = format!("{stored:?} {:?}", request.with_sensitive());
    assert!(SECRETS.iter().all(|secret| !shown.contains(secret)), "{shown}");
}

#[test]
fn an_address_with_a_query_is_hidden() {
    let link = "https://shop.example/cb?token=S3CRET";
    let request = client().active_pay().order_id(order("T1")).operator_id(OPERATOR).amount(Amount::from_minor(1));
    let request = request.biz_type(BizType::WechatPay).call_back_url(link).build().unwrap();
    let form = to_value(&request).unwrap();
    assert!(!form.to_string().contains("S3CRET"), "{form}");
    assert_eq!(form["hidden"], json!(["call_back_url"]));
    assert!(restore::<ActivePay>(&client(), form).unwrap_err().contains("call_back_url: hidden"));
    comes_back(&client(), &request, &request.with_sensitive());
}

#[test]
fn every_rule_is_checked_again() {
    let good = to_value(payment(&client(), &order("T1"))).unwrap();
    let spoil = |change: &dyn Fn(&mut Value)| {
        let mut form = good.clone();
        change(&mut form);
        restore::<ActivePay>(&client(), form).unwrap_err()
    };
    let set = |name: &'static str, value: Value| move |form: &mut Value| form["fields"][name] = value.clone();
    for (error, expected) in [
        (spoil(&set("amount", json!("19.99"))), "expected a whole number of minor units"),
        (spoil(&set("amount", json!("(hidden)"))), "expected a whole number of minor units"),
        (spoil(&set("amount", json!(1999))), "expected a value as a string, got a number"),
        (spoil(&set("order_id", json!("T 1"))), "whitespace"),
        (spoil(&set("call_back_url", json!("http://shop.example/cb"))), "http"),
        (spoil(&set("S3CRET", json!("S3CRET"))), "the action has no such field"),
        (spoil(&|form| _ = form["fields"].as_object_mut().unwrap().remove("order_id")), "required, but absent"),
        (spoil(&|form| _ = form["fields"].as_object_mut().unwrap().remove("amount")), "required, but absent"),
        (spoil(&|form| form["action"] = json!("passive_pay")), "the request was stored for another action"),
        (spoil(&|form| form["merchant_id"] = json!("ON00000001")), "the request was made for another merchant"),
        (spoil(&|form| form["hidden"] = json!(["amount"])), "amount: hidden when the request was stored"),
        (spoil(&|form| form["hidden"] = json!(["what"])), "hidden when the request was stored"),
        (spoil(&|form| form["more"] = json!(1)), "unknown field `more`"),
        (spoil(&|form| _ = form.as_object_mut().unwrap().remove("hidden")), "missing field `hidden`"),
    ] {
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("S3CRET") && !error.contains("19.99"), "{error}");
    }
    let other = Client::builder().merchant_id("ON00000001").sign_key(key("A8B5FE540E38A5A9")).build().unwrap();
    assert!(restore::<ActivePay>(&other, good.clone()).unwrap_err().contains("another merchant"));
    let text = r#"{"action":"active_pay","action":"active_pay"}"#;
    assert!(serde_json::from_str::<StoredRequest>(text).unwrap_err().to_string().contains("duplicate"));
}

/// A separate specification: a field that is sent on request, and parameters for the vendor's SDK.
#[test]
fn requests_of_private_actions_are_stored_too() {
    let sign_key = key("A8B5FE540E38A5A9");
    let client = own::Client::builder().merchant_id("ON00004652").sign_key(sign_key).build().unwrap();
    let held = client.plain_hold().zulu(order("T2")).alpha(Amount::from_minor(5));
    for request in [held.clone().with_itself().build().unwrap(), held.build().unwrap()] {
        let stored: StoredRequest = from_value(to_value(&request).unwrap()).unwrap();
        assert_eq!(stored.restore::<own::PlainHold>(&client).unwrap(), request);
        assert_eq!((stored.action(), stored.merchant_id()), ("plain_hold", "ON00004652"));
    }
    // A constant that the client itself writes.
    let tables = client.tables().build().unwrap();
    let stored: StoredRequest = from_value(to_value(&tables).unwrap()).unwrap();
    assert_eq!(stored.restore::<own::Tables>(&client).unwrap(), tables);
    let scan = client.scan().order_id(order("T1")).txn_amt(Amount::from_minor(5)).card("4111111111111111");
    let scan = scan.build().unwrap();
    assert!(!to_value(&scan).unwrap().to_string().contains("4111"));
    let stored: StoredRequest = from_value(to_value(scan.with_sensitive()).unwrap()).unwrap();
    assert_eq!(stored.restore::<own::Scan>(&client).unwrap(), scan);
}
