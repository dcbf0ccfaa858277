//! Replies and callbacks are written with their sensitive fields hidden, unless the caller requests them by name.

use crate::common::{self, OPERATOR, SAMPLE_MERCHANT, Script, accepted, order};
use crate::specification::unusual::own;
use ottpay::{Amount, Currency, Framing, H5PayLinkReturn};
use serde_json::{Value, json, to_value};

#[tokio::test]
async fn a_reply_is_written_as_it_arrived() {
    let fields = r#"{"order_id":"T1","order_status":"success","total_amount":1999,"exchange_rate":5.05703000,
        "pay_amount":"1,999","currency":null,"new_field":"NEW"}"#;
    let state = Script::accepted(fields).client().status_query().order_id(order("T1")).send().await.unwrap();
    let mut whole = json!({
        "order_id": "T1", "order_status": "success", "total_amount": "1999", "exchange_rate": "5.05703000",
        "pay_amount": "1,999", "currency": null, "new_field": "NEW",
    });
    assert_eq!(to_value(state.with_sensitive()).unwrap(), whole);
    // A field that the specification does not declare may contain anything.
    whole["new_field"] = json!("(hidden)");
    assert_eq!(to_value(&state).unwrap(), whole);
    assert!(!format!("{:?}", state.with_sensitive()).contains("1999"));
}

#[tokio::test]
async fn a_payment_link_is_written_without_its_query() {
    let link = "https://pay.example/q?key=S3CRET";
    let fields = json!({ "order_id": "T1", "merchant_id": SAMPLE_MERCHANT, "amount": "6", "payinfo": link });
    let client = Script::accepted(&fields.to_string()).client();
    let payment = client.h5_pay().order_id(order("T1")).amount(Amount::from_minor(5)).currency_type(Currency::CAD);
    let reply = payment.operator_id(OPERATOR).call_back_url("https://shop.example/ottpay").send().await.unwrap();
    assert_eq!(to_value(&reply).unwrap()["payinfo"], "https://pay.example/q?…");
    assert_eq!(to_value(reply.with_sensitive()).unwrap()["payinfo"], link);
    assert_eq!(to_value(reply.payinfo()).unwrap(), link);
}

#[test]
fn a_callback_is_written() {
    let fields = format!(
        r#"{{"order_id":"T1","amount":"1999","merchant_id":"{SAMPLE_MERCHANT}","biz_type":"WECHATPAY","tip":"0",
            "currency_type":null}}"#
    );
    let client = common::sample().strict_callbacks(false).build().unwrap();
    let paid = client.callback(accepted(&fields).to_body(Framing::Json)).unwrap();
    let form = to_value(&paid).unwrap();
    assert_eq!((&form["order_id"], &form["amount"], &form["tip"]), (&json!("T1"), &json!("1999"), &json!("0")));
}

/// Every string in a serialized value.
fn texts(form: &Value, found: &mut Vec<String>) {
    match form {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push(name.clone());
            texts(value, found);
        }),
        Value::String(text) => found.push(text.clone()),
        Value::Null => {}
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_sensitive_member_of_an_object_is_hidden_too() {
    let object = r#"type=VDM&object={"received":{"raw_value":"s3cret","back":5,"type":"done","more":"x"}}&match=done"#;
    let back = own::OpenPageReturn::unauthenticated(object).unwrap();
    let expected = json!({
        "type": "VDM", "match": "done",
        "object": { "received": { "raw_value": "(hidden)", "back": "5", "type": "done", "more": "(hidden)" } },
    });
    assert_eq!(to_value(&back).unwrap(), expected);
    let inside = back.object().unwrap().unwrap();
    assert_eq!(to_value(inside).unwrap(), expected["object"]);
    let whole = to_value(inside.received().with_sensitive()).unwrap();
    assert_eq!(whole, json!({ "raw_value": "s3cret", "back": "5", "type": "done", "more": "x" }));
    assert_eq!(to_value(back.with_sensitive()).unwrap()["object"]["received"], whole);
    // An unreadable object may contain the member, too.
    let back = own::OpenPageReturn::unauthenticated("type=VDM&object={\"raw_value\":\"s3cret\"").unwrap();
    assert_eq!(to_value(&back).unwrap()["object"], "(hidden)");
    assert_eq!(to_value(back.with_sensitive()).unwrap()["object"], "{\"raw_value\":\"s3cret\"");
}

/// For anything that a gateway sends: hidden values are nowhere in the output, and the full output contains everything.
#[test]
fn hidden_values_are_never_written() {
    let mut chance = fastrand::Rng::with_seed(41);
    let names = ["amount", "orderID", "tranID", "Status", "status", "extra", "amount2"];
    for _ in 0..500 {
        let mut query = String::new();
        let mut came = Vec::new();
        for name in names {
            if chance.bool() && !(name == "status" && query.contains("Status")) {
                let value = format!("v{}", chance.u32(10_000..));
                query.push_str(&format!("&{name}={value}"));
                came.push((name, value));
            }
        }
        let back = H5PayLinkReturn::unauthenticated(&query).unwrap();
        let (mut shown, mut whole) = (Vec::new(), Vec::new());
        texts(&to_value(&back).unwrap(), &mut shown);
        texts(&to_value(back.with_sensitive()).unwrap(), &mut whole);
        for (name, value) in came {
            let is_known = !matches!(name, "extra" | "amount2");
            assert_eq!(shown.contains(&value), is_known, "{query}");
            assert!(whole.contains(&value), "{query}");
        }
    }
}
