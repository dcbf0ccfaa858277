//! The sandbox: rules of orders, callbacks and faults at their edges.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::common::{
    self, NOBODY, OPERATOR, client_of, control, exchange, get, order, pay, post_raw, shop, shop_that, started, until,
};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use ottpay::{Amount, Client, Currency, Outcome, SignKey, StatusClass, Timestamp, WapPayLinkReturn};
use ottpay_sandbox::{Act, Delivery, Fault, OrderState, Sandbox, SandboxError, Trouble};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A Checkout page of 5.00 USD that is open for a minute.
async fn checkout(client: &Client, id: &str, callback: &str) -> ottpay::PrepayInitReply {
    let page = client.prepay_init().shop_id("SHOP7").operator_id(OPERATOR).prepay_order_id(order(id)).duration(60);
    let page = page.sale_num("SALE-77").amount(Amount::from_minor(500)).currency_type(Currency::USD);
    page.redirect_url("https://shop.example/thanks").call_back_url(callback).send().await.unwrap()
}

fn link(client: &Client, id: &str, amount: u64) -> String {
    let link = client.wap_pay_link().mer_code("M1").oper_id(OPERATOR).order_id(order(id));
    let link = link.amount(Amount::from_minor(amount)).return_url("https://shop.example/thanks").notify_url(NOBODY);
    link.url().unwrap().as_str().to_owned()
}

fn slow(fault: Fault) -> Trouble {
    let mut trouble = Trouble::new(fault);
    trouble.delay = Duration::from_secs(60);
    trouble
}

async fn state(sandbox: &Sandbox, id: &str) -> Value {
    control(sandbox, "GET", &format!("/orders/{id}"), Value::Null).await.1["state"].clone()
}

#[tokio::test]
async fn a_checkout_page_remembers_its_request_and_closes_in_its_own_time() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    assert!(checkout(&client, "P1", &url).await.expire_time().is_some());
    let query = async || client.prepay_query().prepay_order_id(order("P1")).send().await.unwrap();
    let open = query().await;
    assert_eq!((open.shop_id(), open.sale_num(), open.currency_type()), ("SHOP7", "SALE-77", Currency::USD));
    assert_eq!((open.operator_id(), open.duration()), (OPERATOR, 60));
    assert_eq!(open.redirect_url().map(ottpay::Url::as_str), Some("https://shop.example/thanks"));
    let seconds = |text: &str| text.rsplit(':').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(seconds(open.create_time().as_str()), seconds(open.expire_time().as_str()));
    assert_ne!(open.create_time().as_str(), open.expire_time().as_str());

    sandbox.pay("P1").await.unwrap();
    let body = bodies.lock().unwrap()[0].clone();
    assert_eq!(client.checkout_callback(&body).unwrap().sale_num(), Some("SALE-77"));

    checkout(&client, "P2", &url).await;
    sandbox.advance(Duration::from_secs(61)).unwrap();
    assert_eq!(state(&sandbox, "P2").await, "closed");
}

#[tokio::test]
async fn however_many_orders_time_closes_none_can_be_paid_afterwards() {
    let (sandbox, client) = started().await;
    for number in 0..1100 {
        pay(&client, &format!("T{number}"), 1, NOBODY).await.unwrap();
    }
    sandbox.advance(Duration::from_secs(1801)).unwrap();
    for number in [0, 499, 500, 1099] {
        assert!(sandbox.pay(&format!("T{number}")).await.is_err(), "{number}");
    }
}

#[tokio::test]
async fn no_amount_is_so_great_that_more_can_be_given_back_than_was_paid() {
    let (sandbox, client) = started().await;
    for amount in [u64::MAX, i64::MAX as u64, 1_000_000_000_000_001] {
        let error = pay(&client, "T1", amount, NOBODY).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Refused, "{error}");
    }
    let greatest = 1_000_000_000_000_000;
    pay(&client, "T1", greatest, NOBODY).await.unwrap();
    let extra = |fee| sandbox.act("T1", Act::Pay { tip: None, fee: Some(Amount::from_minor(fee)) });
    assert!(matches!(extra(u64::MAX).await, Err(SandboxError::Extra { .. })));
    extra(greatest).await.unwrap();
    let back = async |id: &str, amount| {
        let refund = client.refund().order_id(order(id)).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(amount)).send().await
    };
    back("R1", greatest).await.unwrap();
    back("R2", greatest).await.unwrap();
    assert_eq!(back("R3", 1).await.unwrap_err().outcome(), Outcome::Refused);
}

#[tokio::test]
async fn a_tip_is_refused_where_nothing_could_tell_the_merchant_of_it() {
    let (sandbox, client) = started().await;
    let page = client.h5_pay_link().mer_code("M1").order_id(order("T1")).amount(Amount::from_minor(100));
    let (status, _) = get(page.new_url("https://shop.example/thanks").url().unwrap().as_str()).await;
    assert_eq!(status, 303);
    let (status, reply) = control(&sandbox, "POST", "/orders/T1/pay", json!({ "tip": "5" })).await;
    assert_eq!((status, &reply), (400, &json!({ "error": "this way to pay has no tip" })));
    assert_eq!(control(&sandbox, "POST", "/orders/T1/pay", json!({ "tip": "0" })).await.0, 200);
}

#[tokio::test]
async fn faults_reach_links_but_for_those_that_a_link_cannot_have() {
    let (sandbox, client) = started().await;
    assert_eq!(get(&link(&client, "T1", 900_001)).await.0, 400);
    assert_eq!(state(&sandbox, "T1").await, Value::Null);
    assert_eq!(get(&link(&client, "T2", 900_008)).await.0, 502);
    assert_eq!(state(&sandbox, "T2").await, Value::Null);
    sandbox.trouble(slow(Fault::Processing)).unwrap();
    assert_eq!(get(&link(&client, "T3", 100)).await.0, 303);
    assert_eq!(state(&sandbox, "T3").await, "processing");
    // It has neither a digest nor a body to break.
    for fault in [Fault::WrongDigest, Fault::Truncate] {
        sandbox.trouble(Trouble::new(fault)).unwrap();
    }
    assert_eq!(get(&link(&client, "T4", 900_007)).await.0, 303);
    let (_, faults) = control(&sandbox, "GET", "/faults", Value::Null).await;
    assert_eq!(faults["waiting"].as_array().unwrap().len(), 2);
    let never = json!({ "fault": "wrong_digest", "action": "wap_pay_link" });
    let (status, reply) = control(&sandbox, "POST", "/faults", never).await;
    assert!(status == 400 && reply["error"].as_str().unwrap().contains("cannot happen to wap_pay_link"), "{reply}");
    // The buyer who has paid goes back to the shop.
    let page = format!("{}/pay/T4", sandbox.url());
    assert!(!get(&page).await.1.contains("https://shop.example/thanks"));
    sandbox.pay("T4").await.unwrap();
    let (_, page) = get(&page).await;
    let (_, back) = page.split_once("id=\"back\" href=\"").unwrap();
    let back = back.split_once('"').unwrap().0.replace("&#38;", "&");
    let returned = WapPayLinkReturn::unauthenticated(&back).unwrap();
    let provider = sandbox.order("T4").unwrap().unwrap().provider_id().to_owned();
    assert_eq!((returned.trade_no(), returned.trade_status()), (Some(&*provider), Some("sample")));
}

#[tokio::test]
async fn a_reply_that_breaks_off_has_begun() {
    let (sandbox, client) = started().await;
    let body = common::payment(&client, &order("T1"));
    sandbox.trouble(Trouble::new(Fault::Truncate)).unwrap();
    assert_eq!(client.send(&body).await.unwrap_err().outcome(), Outcome::Unknown);
    sandbox.trouble(Trouble::new(Fault::Truncate)).unwrap();
    let (_, messages) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
    let again = messages[0]["sent"].as_str().unwrap().replace("ACTIVEPAY", "STATUS_QUERY").into_bytes();
    // Of another action, the same fields are a query about the order.
    let (status, half) = exchange(sandbox.url(), "POST", "/processV2", again).await;
    assert_eq!(status, 200);
    assert!(half.starts_with(b"{\"rsp_code\":\"SUCCESS\"") && !half.ends_with(b"}"));
}

#[tokio::test]
async fn a_refund_under_way_is_settled_later_and_its_amount_makes_no_fault() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 2_000_000, NOBODY).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    let back = async |id: &str, amount| {
        let refund = client.refund().order_id(order(id)).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(amount)).send().await.unwrap()
    };
    for amount in [900_004, 900_009] {
        assert_eq!(back(&format!("R{amount}"), amount).await.raw().outer().code(), Some("SUCCESS"));
    }
    sandbox.trouble(slow(Fault::Processing)).unwrap();
    // A query is no write, and waits for nothing.
    assert!(client.status_query().order_id(order("T1")).send().await.is_ok());
    assert_eq!(back("R1", 100).await.raw().outer().code(), Some("PROCESSING"));
    let class = async || {
        let refund = client.refund_query().order_id(order("R1")).send().await.unwrap();
        refund.order_status().unwrap().class()
    };
    assert_eq!((state(&sandbox, "R1").await, class().await), (json!("processing"), StatusClass::Pending));
    sandbox.advance(Duration::from_secs(61)).unwrap();
    assert_eq!(state(&sandbox, "R1").await, "paid");
    assert_ne!(class().await, StatusClass::Pending);
}

#[tokio::test]
async fn a_refund_without_an_id_is_told_the_one_that_the_gateway_made() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    let reply = client.refund().ori_order_id(order("T1")).refund_amt(Amount::from_minor(100)).send().await.unwrap();
    assert_eq!(state(&sandbox, reply.order_id().unwrap().as_str()).await, "paid");
}

#[tokio::test]
async fn a_card_callback_says_whether_the_money_is_there_or_only_reserved() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    let request = client.elavon_preauth().order_id(order("T1")).operator_id(OPERATOR).txn_amt(Amount::from_minor(100));
    request.txn_time(Timestamp::now_utc()).front_url("https://shop.example/").back_url(&url).send().await.unwrap();
    for (act, expected) in
        [(Act::Pay { tip: None, fee: None }, StatusClass::Authorised), (Act::Capture, StatusClass::Paid)]
    {
        assert!(matches!(sandbox.act("T1", act).await.unwrap(), Delivery::Answered { status: 200, .. }));
        let body = bodies.lock().unwrap().last().unwrap().clone();
        assert_eq!(client.elavon_callback(&body).unwrap().order_status().unwrap().class(), expected);
    }
}

#[tokio::test]
async fn a_checkout_page_is_known_to_faults_by_the_merchants_id() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    let mut trouble = Trouble::new(Fault::CallbackDuplicate);
    trouble.order_id = Some("P1".to_owned());
    sandbox.trouble(trouble).unwrap();
    checkout(&client, "P1", &url).await;
    sandbox.pay("P1").await.unwrap();
    until(async || bodies.lock().unwrap().len() == 2).await;
}

#[tokio::test]
async fn a_clock_that_jumps_does_not_send_a_callback_that_is_under_way_again() {
    let (sandbox, client) = started().await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let answer = move || async move {
        counted.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(300)).await;
        StatusCode::OK
    };
    let url = shop_that(post(answer)).await;
    pay(&client, "T1", 100, &url).await.unwrap();
    let delivered = sandbox.pay("T1");
    let jump = async {
        until(async || calls.load(Ordering::Relaxed) == 1).await;
        sandbox.advance(Duration::from_secs(3600)).unwrap();
    };
    let (delivered, ()) = tokio::join!(delivered, jump);
    assert!(matches!(delivered.unwrap(), Delivery::Answered { status: 200, .. }));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_callback_out_of_order_waits_for_a_later_one_not_for_an_older() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    pay(&client, "OLD", 1, NOBODY).await.unwrap();
    sandbox.pay("OLD").await.unwrap();
    sandbox.trouble(Trouble::new(Fault::CallbackOutOfOrder)).unwrap();
    pay(&client, "HELD", 1, &url).await.unwrap();
    assert_eq!(sandbox.pay("HELD").await.unwrap(), Delivery::Later);
    let attempts = async || {
        let (_, old) = control(&sandbox, "GET", "/orders/OLD", Value::Null).await;
        old["callbacks"][0]["attempts"].as_array().unwrap().len()
    };
    until(async || attempts().await == 4).await;
    assert!(bodies.lock().unwrap().is_empty());
    pay(&client, "NEW", 1, &url).await.unwrap();
    sandbox.pay("NEW").await.unwrap();
    until(async || bodies.lock().unwrap().len() == 2).await;
    let first = bodies.lock().unwrap()[0].clone();
    assert_eq!(client.callback(&first).unwrap().order_id().as_str(), "NEW");
}

#[tokio::test]
async fn a_body_that_is_no_message_is_answered_in_readable_json() {
    let (sandbox, _) = started().await;
    for body in ["", "a=b", "[]", "\"x\"", "eyJhIjo"] {
        let (status, reply) = exchange(sandbox.url(), "POST", "/processV2", body.into()).await;
        let reply: Value = serde_json::from_slice(&reply).unwrap();
        assert_eq!((status, &reply["rsp_code"]), (200, &json!("PARAM_ERROR")), "{body}: {reply}");
    }
}

#[tokio::test]
async fn a_refusal_names_what_was_probably_meant() {
    let (sandbox, _) = started().await;
    let said = async |action: &str, fields: Value| {
        let reply = post_raw(sandbox.url(), sealed(&sandbox, action, "1.0", &fields.to_string())).await;
        reply.text("rsp_msg").unwrap().to_owned()
    };
    assert_eq!(said("ACTIVE_PAY", json!({})).await, "action: no such action ACTIVE_PAY; did you mean ACTIVEPAY?");
    let fields = json!({ "order_id": "T1", "amount": "1", "biz_type": "ALIPAY", "operator_id": OPERATOR,
                         "callback_url": NOBODY });
    let text = said("ACTIVEPAY", fields).await;
    assert!(text.starts_with("call_back_url: ") && text.ends_with("; you sent callback_url"), "{text}");
    // Of several actions of a constant, the one that was probably meant says what is wrong.
    let text = said("CC_PURCHASE", json!({ "bizType": "securePay", "cc_channelType": "pc" })).await;
    assert!(!text.contains("converge"), "{text}");
}

/// A message of the sandbox's merchant around this text.
fn sealed(sandbox: &Sandbox, action: &str, version: &str, text: &str) -> Vec<u8> {
    let form = ottpay::envelope::DigestForm::JavaNullWord;
    let sealed = ottpay::envelope::seal_json(text, form, &sandbox.sign_key(), ottpay::Cipher::Aes128Ecb).unwrap();
    let members = json!({ "action": action, "version": version, "merchant_id": sandbox.merchant_id(),
                          "data": sealed.data, "md5": sealed.md5 });
    members.to_string().into_bytes()
}

#[tokio::test]
async fn what_the_vendors_pages_and_clients_disagree_about_is_taken() {
    let (sandbox, _) = started().await;
    let code = async |action: &str, version: &str, text: &str| {
        let reply = post_raw(sandbox.url(), sealed(&sandbox, action, version, text)).await;
        (reply.code().unwrap(), reply.text("rsp_msg").unwrap_or_default().to_owned())
    };
    let payment = |id: &str, amount: &str| {
        format!(
            r#"{{"order_id":"{id}","amount":{amount},"biz_type":"ALIPAY","operator_id":"0000020156","call_back_url":"{NOBODY}"}}"#
        )
    };
    for (id, version, amount) in
        [("T1", "1.0", "100"), ("T2", "1.1", "100.0"), ("T3", "2.0", "1E2"), ("T4", "1.0", "\"100\"")]
    {
        assert_eq!(code("ACTIVEPAY", version, &payment(id, amount)).await.0, "SUCCESS", "{id}");
        assert_eq!(sandbox.order(id).unwrap().unwrap().amount(), Amount::from_minor(100));
    }
    for (version, amount) in [("7.0", "100"), ("1.0", "100.5"), ("1.0", "\"100.0\""), ("1.0", "-1")] {
        assert_eq!(code("ACTIVEPAY", version, &payment("T5", amount)).await.0, "PARAM_ERROR", "{version} {amount}");
    }
    let card =
        r#"{"orderId":"C1","shopId":"S","bizType":" securePay","cc_channelType":"pc","channelType":" UPAYONLINE","#;
    let rest = r#""operator_id":"0000020156","txnTime":"20191125162635","txnAmt":"1","frontUrl":"https://a.example","backUrl":"http://127.0.0.1:9/"}"#;
    let (code, text) = code("CC_PURCHASE", "1.0", &format!("{card}{rest}")).await;
    assert!(code != "PARAM_ERROR" || !text.contains("expected securePay"), "{text}");
}

#[tokio::test]
async fn a_wrong_digest_decrypts_and_does_not_verify() {
    let (sandbox, _) = started().await;
    sandbox.trouble(Trouble::new(Fault::WrongDigest)).unwrap();
    let reply = post_raw(sandbox.url(), sealed(&sandbox, "EX_RATE_QUERY", "1.0", r#"{"fee_type":"CAD"}"#)).await;
    let error = reply.open(&sandbox.sign_key(), ottpay::Cipher::Aes128Ecb).unwrap_err();
    assert_eq!(error, ottpay::envelope::OpenError::Digest);
}

#[tokio::test]
async fn time_closes_many_orders_beside_other_calls() {
    let (sandbox, client) = started().await;
    for number in 0..2000 {
        pay(&client, &format!("T{number}"), 1, NOBODY).await.unwrap();
    }
    let sandbox = Arc::new(sandbox);
    let moved = Arc::clone(&sandbox);
    let moving = std::thread::spawn(move || moved.advance(Duration::from_secs(1801)).unwrap());
    let mut calls = 0;
    while !moving.is_finished() {
        assert!(state(&sandbox, "T1999").await.is_string());
        calls += 1;
    }
    moving.join().unwrap();
    assert!(calls > 2, "the clock kept {calls} calls waiting");
    assert!(sandbox.orders().unwrap().iter().all(|order| order.state() == OrderState::Closed));
}

#[tokio::test]
async fn a_database_with_another_key_seals_what_is_left_to_send_with_that_key() {
    let folder = std::env::temp_dir().join(format!("ottpay-rules-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("orders.db");
    let start = async |key: &str| {
        let builder = Sandbox::builder().database(&file).sign_key(SignKey::new(key).unwrap());
        builder.callback_attempts(50, Duration::from_millis(50)).start().await.unwrap()
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let sandbox = start("one").await;
    let client = client_of(&sandbox).build().unwrap();
    pay(&client, "T1", 100, &format!("http://{address}/")).await.unwrap();
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Failed { .. }));
    drop((sandbox, client));
    tokio::task::yield_now().await;
    let sandbox = start("two").await;
    let client = client_of(&sandbox).build().unwrap();
    let listener = TcpListener::bind(address).await.unwrap();
    let (told, mut heard) = tokio::sync::mpsc::channel(1);
    let answer = move |body: axum::body::Bytes| async move {
        let _ = told.send(body).await;
        StatusCode::OK
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    sandbox.advance(Duration::from_secs(3600)).unwrap();
    let body = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.unwrap().unwrap();
    assert_eq!(client.callback(&body).unwrap().order_id().as_str(), "T1");
    drop(sandbox);
    std::fs::remove_dir_all(&folder).unwrap();
}
