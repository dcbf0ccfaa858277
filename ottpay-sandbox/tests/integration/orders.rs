//! Orders: what leads from one state to the next, the effect of time, and what can be refunded.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{
    NOBODY, OPERATOR, checkout_id, control, exchange, get, order, pay, refund_id, shop, started, state, until,
};
use ottpay::{Amount, BizType, Client, Currency, Outcome, StatusClass, Timestamp};
use ottpay_sandbox::{Act, Delivery, OrderState, SandboxError};
use serde_json::{Value, json};

/// A Checkout page of 5.00 USD that is open for a minute.
async fn checkout(client: &Client, id: &str, callback: &str) -> ottpay::PrepayInitReply {
    let page =
        client.prepay_init().shop_id("SHOP7").operator_id(OPERATOR).prepay_order_id(checkout_id(id)).duration(60);
    let page = page.sale_num("SALE-77").amount(Amount::from_minor(500)).currency_type(Currency::USD);
    page.redirect_url("https://shop.example/thanks").call_back_url(callback).send().await.unwrap()
}

#[tokio::test]
async fn every_act_leads_to_its_state_and_its_word() {
    let (sandbox, client) = started().await;
    for (name, state, word) in [
        ("pay", "paid", "success"),
        ("decline", "declined", "failure"),
        ("cancel", "cancelled", "cancelled"),
        ("expire", "closed", "orderclosed"),
    ] {
        pay(&client, name, 100, NOBODY).await.unwrap();
        let (status, shown) = control(&sandbox, "POST", &format!("/orders/{name}/{name}"), json!({})).await;
        assert_eq!((status, &shown["state"]), (200, &json!(state)), "{shown}");
        let query = client.status_query().order_id(order(name)).send().await.unwrap();
        assert_eq!(query.order_status().to_string(), word);
        let (status, again) = control(&sandbox, "POST", &format!("/orders/{name}/pay"), Value::Null).await;
        assert_eq!(status, 409, "{again}");
        assert!(again["error"].as_str().unwrap().contains(state), "{again}");
    }
    assert_eq!(control(&sandbox, "POST", "/orders/nobody/pay", Value::Null).await.0, 404);
    assert_eq!(control(&sandbox, "POST", "/orders/pay/steal", Value::Null).await.0, 404);
    assert_eq!(control(&sandbox, "GET", "/orders/nobody", Value::Null).await.0, 404);
    assert_eq!(control(&sandbox, "POST", "/orders/pay/pay", json!({ "tipp": 1 })).await.0, 400);
}

#[tokio::test]
async fn a_reservation_is_captured_or_released() {
    let (sandbox, client) = started().await;
    for (id, act, state) in [("C1", Act::Capture, OrderState::Paid), ("C2", Act::Release, OrderState::Cancelled)] {
        let preauth = client.union_pay_preauth().order_id(order(id)).txn_amt(Amount::from_minor(100));
        let preauth = preauth.txn_time(Timestamp::new("20261123120000").unwrap()).front_url(NOBODY);
        preauth.back_url(NOBODY).operator_id(OPERATOR).send().await.unwrap();
        assert!(matches!(sandbox.act(id, act).await, Err(SandboxError::WrongState { .. })));
        sandbox.pay(id).await.unwrap();
        assert_eq!(sandbox.order(id).unwrap().unwrap().state(), OrderState::Authorised);
        sandbox.act(id, act).await.unwrap();
        assert_eq!(sandbox.order(id).unwrap().unwrap().state(), state);
    }
}

#[tokio::test]
async fn an_order_answers_all_questions_of_a_test() {
    let (sandbox, client) = started().await;
    let before = sandbox.now();
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let new = sandbox.order("T1").unwrap().unwrap();
    assert_eq!((new.action_name(), new.callback_url(), new.original_id()), ("active_pay", Some(NOBODY), None));
    assert!(new.created_at() >= before && new.finished_at().is_none());
    assert_eq!(new.changes_at().unwrap().duration_since(new.created_at()).unwrap(), Duration::from_secs(1800));
    sandbox.advance(Duration::from_secs(60)).unwrap();
    sandbox.pay("T1").await.unwrap();
    let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1")).refund_amt(Amount::from_minor(1));
    refund.send().await.unwrap();
    let (paid, refund) = (sandbox.order("T1").unwrap().unwrap(), sandbox.order("R1").unwrap().unwrap());
    assert!(paid.finished_at().unwrap() >= before + Duration::from_secs(60) && sandbox.now() >= refund.created_at());
    assert_eq!((refund.original_id(), refund.kind().to_string().as_str()), (Some("T1"), "refund"));
    assert_eq!((paid.state().to_string(), Act::Release.to_string()), ("paid".to_owned(), "release".to_owned()));
    checkout(&client, "P1", NOBODY).await;
    let page = sandbox.order("P1").unwrap().unwrap();
    assert_eq!((page.checkout_id(), page.id() == "P1"), (Some("P1"), false));
    assert!(!page.provider_id().is_empty());
}

#[tokio::test]
async fn an_order_keeps_its_currency_and_the_buyer_writes_money_in_it() {
    let (sandbox, client) = started().await;
    let page =
        client.prepay_init().shop_id("S1").operator_id(OPERATOR).prepay_order_id(checkout_id("P1")).sale_num("1");
    let page = page.amount(Amount::from_minor(500)).currency_type(Currency::USD).redirect_url("http://127.0.0.1:9/");
    page.duration(100).call_back_url(NOBODY).send().await.unwrap();
    let query = client.prepay_query().prepay_order_id(checkout_id("P1"));
    assert_eq!(query.send().await.unwrap().currency_type(), Currency::USD);

    let id = sandbox.order("P1").unwrap().unwrap().id().to_owned();
    let press = async |form: &str| {
        let (status, page) = exchange(sandbox.url(), "POST", &format!("/pay/{id}"), form.into()).await;
        (status, String::from_utf8(page).unwrap())
    };
    for (wrong, says) in [("1,5", "amount"), ("1.505", "amount"), ("-1", "amount"), ("10000000000001", "too large")] {
        let (status, page) = press(&format!("act=pay&convenience_fee={wrong}")).await;
        assert!(status == 400 && page.contains("5.00 USD") && page.contains(says), "{wrong}: {status} {page}");
    }
    assert_eq!(press("act=fly").await.0, 400);
    assert_eq!(press("act=pay&convenience_fee=1.5").await.0, 303);
    let paid = sandbox.order("P1").unwrap().unwrap();
    assert_eq!((paid.convenience_fee(), paid.currency()), (Some(Amount::from_minor(150)), Currency::USD));
    let (_, page) = get(&format!("{}/sandbox/order/{id}", sandbox.url())).await;
    assert!(page.contains("6.50 USD") && page.contains("1.50 USD"), "{page}");
    assert_eq!(press("act=decline").await.0, 409);
}

#[tokio::test]
async fn a_tip_and_a_fee_of_the_buyer_are_reported_and_count_for_refunds() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    pay(&client, "T1", 500, &url).await.unwrap();
    control(&sandbox, "POST", "/orders/T1/pay", json!({ "tip": "70", "convenience_fee": 1 })).await;
    until(async || bodies.lock().unwrap().len() == 1).await;
    let body = bodies.lock().unwrap()[0].clone();
    let paid = client.wallet_callback(&body).unwrap();
    assert_eq!((paid.amount(), paid.tip().unwrap().unwrap().minor()), (Amount::from_minor(501), 70));
    assert_eq!(paid.convenience_fee(), Ok(Some(Amount::from_minor(1))));
    let refund = async |id: &str, amount| {
        let refund = client.refund().order_id(refund_id(id)).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(amount)).send().await
    };
    assert!(refund("R1", 502).await.is_err());
    refund("R2", 501).await.unwrap();
}

#[tokio::test]
async fn a_tip_and_a_fee_are_as_great_as_an_amount_can_be() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 1, NOBODY).await.unwrap();
    let extras = json!({ "tip": "1000000000000000", "convenience_fee": 5_000_000_000_u64 });
    let (status, reply) = control(&sandbox, "POST", "/orders/T1/pay", extras).await;
    let shown = (status, &reply["tip"], &reply["convenience_fee"]);
    assert_eq!(shown, (200, &json!("1000000000000000"), &json!("5000000000")), "{reply}");
}

#[tokio::test]
async fn a_tip_is_refused_where_nothing_could_tell_the_merchant_of_it() {
    let (sandbox, client) = started().await;
    let page = client.h5_pay_link().mer_code("M1").order_id(order("T1")).amount(Amount::from_minor(100));
    let (status, _) = get(page.new_url("https://shop.example/thanks").url().unwrap().as_str()).await;
    assert_eq!(status, 303);
    let (status, reply) = control(&sandbox, "POST", "/orders/T1/pay", json!({ "tip": "5" })).await;
    assert_eq!((status, &reply), (400, &json!({ "error": "this payment method does not support tips" })));
    assert_eq!(control(&sandbox, "POST", "/orders/T1/pay", json!({ "tip": "0" })).await.0, 200);
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
        let refund = client.refund().order_id(refund_id(id)).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(amount)).send().await
    };
    back("R1", greatest).await.unwrap();
    back("R2", greatest).await.unwrap();
    let error = back("R3", 1).await.unwrap_err();
    assert_eq!((error.outcome(), error.refusal().unwrap().code()), (Outcome::Unknown, "FAIL"));
}

#[tokio::test]
async fn a_refund_without_an_id_gets_the_id_that_the_gateway_generated() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    let refund = client.refund().without_order_id().ori_order_id(order("T1")).refund_amt(Amount::from_minor(100));
    let reply = refund.send().await.unwrap();
    assert_eq!(state(&sandbox, reply.order_id().unwrap().as_str()).await, "paid");
}

#[tokio::test]
async fn a_card_callback_states_whether_the_money_is_captured_or_only_reserved() {
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
async fn a_checkout_page_remembers_its_request_and_closes_in_its_own_time() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    assert!(checkout(&client, "P1", &url).await.expire_time().is_some());
    let query = async || client.prepay_query().prepay_order_id(checkout_id("P1")).send().await.unwrap();
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
async fn an_unpaid_order_is_closed_by_the_clock() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    control(&sandbox, "POST", "/clock", json!({ "advance_seconds": 29 * 60 })).await;
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
    control(&sandbox, "POST", "/clock", json!({ "advance_seconds": 61 })).await;
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Closed);
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
async fn time_closes_many_orders_during_other_calls() {
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
async fn an_order_is_printed_on_one_screen_without_the_values_of_its_request() {
    let (sandbox, client) = started().await;
    let payment = client.active_pay().order_id(order("T1")).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
    let payment = payment.operator_id(OPERATOR).order_remark("a-remark-of-the-buyer");
    let payment = payment.call_back_url(format!("{NOBODY}?key=a-key-of-the-shop"));
    payment.send().await.unwrap();
    let tip = Some(Amount::from_minor(70));
    let delivery = sandbox.act("T1", Act::Pay { tip, fee: tip }).await.unwrap();
    assert!(
        matches!(&delivery, Delivery::Failed { reason, .. } if !reason.contains("a-key-of-the-shop")),
        "{delivery:?}"
    );
    let printed = sandbox.order("T1").unwrap().unwrap();
    let (line, lines) = (format!("{printed:?}"), format!("{printed:#?}"));
    assert!(line.len() <= 600 && lines.lines().count() <= 25, "{} {lines}", line.len());
    for known in ["\"T1\"", "\"active_pay\"", "\"19.99 CAD\"", "\"0.70 CAD\"", "\"paid\"", NOBODY] {
        assert!(line.contains(known), "{known}: {line}");
    }
    for hidden in ["a-remark-of-the-buyer", "a-key-of-the-shop", OPERATOR] {
        assert!(!line.contains(hidden), "{hidden}: {line}");
    }
}
