//! Replies and callbacks have the forms that the examples of the specification record.

use crate::common::{checkout, checkout_id, client_of, exchange, order, pay, post_raw, sealed, shop};
use ottpay::envelope::explain;
use ottpay::{Amount, BizType, Client, Framing, GATEWAY};
use ottpay_sandbox::{Act, Sandbox};
use serde_json::{Value, json};

/// A tame sandbox, so that every value is a string, and its client.
async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().tame(true).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

fn open(sandbox: &Sandbox, body: &[u8]) -> Value {
    let opened = explain(body, &sandbox.sign_key(), GATEWAY.cipher);
    serde_json::from_str(opened.plaintext().unwrap_or_else(|| panic!("{:?}", opened.problem()))).unwrap()
}

/// The fields of a reply.
async fn ask(sandbox: &Sandbox, action: &str, version: &str, fields: Value) -> Value {
    let reply = post_raw(sandbox.url(), sealed(sandbox, action, version, &fields.to_string())).await;
    open(sandbox, &reply.to_body(Framing::Json))
}

/// The same text with every digit as 9 and every month as `Mmm`.
fn form(text: &Value) -> String {
    let digits = text.as_str().unwrap().replace(|character: char| character.is_ascii_digit(), "9");
    if digits.starts_with(|first: char| first.is_ascii_alphabetic()) { format!("Mmm{}", &digits[3..]) } else { digits }
}

#[tokio::test]
async fn a_status_query_returns_the_fields_of_its_samples() {
    let (sandbox, client) = start().await;
    pay(&client, "T1", 275_900, "http://127.0.0.1:9/").await.unwrap();
    let query = async || ask(&sandbox, "STATUS_QUERY", "1.0", json!({ "order_id": "T1" })).await;
    let unpaid = query().await;
    assert_eq!(
        (&unpaid["order_status"], &unpaid["tip"], &unpaid["refund_fee"]),
        (&json!("init"), &json!("0"), &json!("0"))
    );
    let time = form(&unpaid["trade_time"]);
    assert!(time.starts_with("Mmm 9") && time.ends_with('M') && time.contains(", 9999 "), "{time}");
    assert!(unpaid["return_code"].is_null() && unpaid["exchange_rate"].is_null(), "{unpaid}");
    sandbox.act("T1", Act::Pay { tip: Some(Amount::from_minor(70)), fee: None }).await.unwrap();
    let paid = query().await;
    assert_eq!(paid["order_status"], "success");
    assert_eq!((&paid["tip"], &paid["return_code"]), (&json!("70"), &json!("SUCCESS")));
    assert_eq!(paid["exchange_rate"], "5.05703000");
    assert!(form(&paid["trade_time"]).starts_with("Mmm 9"), "{paid}");
    let state = client.status_query().order_id(order("T1")).send().await.unwrap();
    assert!(state.trade_time().unwrap().local().is_some());
}

#[tokio::test]
async fn a_checkout_query_answers_in_the_words_of_its_page() {
    let (sandbox, client) = start().await;
    for (id, act, word) in [
        ("C1", None, "PROCESSING"),
        ("C2", Some(Act::Pay { tip: None, fee: None }), "SUCCESS"),
        ("C3", Some(Act::Expire), "ORDERCLOSE"),
        ("C4", Some(Act::Cancel), "ORDERCLOSE"),
        ("C5", Some(Act::Decline), "ORDERCLOSE"),
    ] {
        checkout(&client, id, "http://127.0.0.1:9/").await;
        if let Some(act) = act {
            sandbox.act(id, act).await.unwrap();
        }
        let query = json!({ "prepay_order_id": id, "merchant_id": sandbox.merchant_id() });
        let reply = ask(&sandbox, "PREPAY_QUERY", "2.0", query).await;
        assert_eq!(reply["status"], word, "{id}");
        assert_eq!(reply["order_id"].is_string(), id != "C1", "{id}");
        client.prepay_query().prepay_order_id(checkout_id(id)).send().await.unwrap();
    }
}

#[tokio::test]
async fn the_remark_of_an_order_is_returned_under_the_callbacks_name() {
    let (sandbox, client) = start().await;
    let (url, bodies) = shop().await;
    for (id, remark) in [("T1", Some("Tisch 4 可以")), ("T2", None)] {
        let payment = client.active_pay().order_id(order(id)).amount(Amount::from_minor(300)).biz_type(BizType::Alipay);
        let payment = payment.operator_id("0000020156").call_back_url(&*url).maybe_order_remark(remark);
        payment.send().await.unwrap();
        sandbox.pay(id).await.unwrap();
        let callback = open(&sandbox, &bodies.lock().unwrap().last().unwrap().clone());
        assert_eq!(callback["remarks"], remark.unwrap_or("可以"), "{callback}");
        assert_eq!(callback["sub_openId"], "2088032832386722");
        assert_eq!((&callback["exchange_rate"], &callback["tip"]), (&json!("5.057030"), &json!("0")));
        assert!(callback["order_status"].is_null(), "{callback}");
        assert_eq!(form(&callback["finish_time"]), "9999-99-99 99:99:99");
    }
}

#[tokio::test]
async fn a_payment_in_an_app_has_both_names_of_its_id_and_ids_of_its_own() {
    let (sandbox, _) = start().await;
    let (url, bodies) = shop().await;
    let prepare = async |id: &str| {
        let request = json!({ "userId": "wx1", "amount": "100", "bizType": "WECHATPAY", "order_id": id,
                              "merchant_id": sandbox.merchant_id(), "operator_id": "0000020156", "call_back_url": url });
        let (_, reply) = exchange(sandbox.url(), "POST", "/inAppPay", request.to_string().into_bytes()).await;
        serde_json::from_slice::<Value>(&reply).unwrap()
    };
    let (first, second) = (prepare("T1").await, prepare("T2").await);
    for reply in [&first, &second] {
        assert_eq!(reply["prepayId"], reply["prepay_id"]);
        assert_eq!(form(&reply["prepayId"]), form(&json!("wx2018112112000000")));
        assert_eq!(form(&reply["tradeNo"]), form(&json!("1542822494862703")));
        assert_eq!(reply["wxapikey"], "sample-secret");
    }
    assert_ne!(first["prepayId"], second["prepayId"]);
    for name in ["tradeNo", "nonceStr"] {
        assert_ne!(first[name], second[name], "{name}");
    }
    sandbox.pay("T1").await.unwrap();
    let callback = open(&sandbox, &bodies.lock().unwrap().last().unwrap().clone());
    // The page for apps documents another form of the time.
    assert_eq!(form(&callback["finish_time"]), "99999999999999");
}

#[tokio::test]
async fn an_object_in_a_string_has_members_of_its_own() {
    let (sandbox, _) = start().await;
    let prepare = async |id: &str| {
        let fields = json!({ "order_id": id, "operator_id": "1", "amount": "1", "app_id": "a", "open_id": "o",
                             "biz_type": "WECHATPAY", "call_back_url": "http://127.0.0.1:9/" });
        let reply = ask(&sandbox, "MAPPPAY", "1.1", fields).await;
        serde_json::from_str::<Value>(reply["payInfo"].as_str().unwrap()).unwrap()
    };
    let (first, second) = (prepare("T1").await, prepare("T2").await);
    assert_ne!(first["nonceStr"], second["nonceStr"]);
    assert_eq!((&first["signType"], &first["appId"]), (&json!("MD5"), &second["appId"]));
    assert_eq!(first.as_object().unwrap().len(), 6);
}

#[tokio::test]
async fn of_several_examples_the_one_that_fits_the_order_is_answered() {
    let (sandbox, client) = start().await;
    // A declined order is as unpaid as a new one: its example has no rate.
    for (id, act, has_rate) in
        [("T1", Act::Pay { tip: None, fee: None }, true), ("T2", Act::Decline, false), ("T3", Act::Expire, false)]
    {
        pay(&client, id, 100, "http://127.0.0.1:9/").await.unwrap();
        sandbox.act(id, act).await.unwrap();
        let reply = ask(&sandbox, "STATUS_QUERY", "1.0", json!({ "order_id": id })).await;
        assert_eq!(reply["exchange_rate"].is_string(), has_rate, "{reply}");
    }
}
