//! Every action over HTTP against the sandbox: both framings, and each cipher.

use crate::common::{self, client_of as client, order, post_raw, refund_id, shop};
use ottpay::{
    Amount, AskError, BizType, Cipher, Client, Currency, Error, Framing, Iv, OrderId, OrderStatus, Outcome,
    PaymentCallback, RefundId, StatusClass,
};
use ottpay_sandbox::{Delivery, OrderState, Sandbox, SandboxError};

const CIPHERS: [Cipher; 3] = [Cipher::Aes128Ecb, Cipher::Aes128Cbc { iv: Iv::Zero }, Cipher::Aes128Cbc { iv: Iv::Key }];

/// A sandbox and a client for each way the envelope can be set up.
async fn every_setup() -> Vec<(Sandbox, Client)> {
    let mut setups = Vec::new();
    for framing in [Framing::Json, Framing::Base64] {
        for cipher in CIPHERS {
            let sandbox = Sandbox::builder().cipher(cipher).start().await.unwrap();
            let client = client(&sandbox).framing(framing).cipher(cipher).build().unwrap();
            setups.push((sandbox, client));
        }
    }
    setups
}

async fn create(client: &Client, id: &OrderId, callback_url: &str) -> Result<ottpay::ActivePayReply, Error> {
    let builder = client.active_pay().order_id(id).operator_id("0000020156").amount(Amount::from_minor(1999));
    builder.tip(Amount::from_minor(100)).biz_type(BizType::Alipay).call_back_url(callback_url).send().await
}

#[tokio::test]
async fn a_payment_is_created_paid_reported_confirmed_and_refunded_in_every_setup() {
    let (callback_url, bodies) = shop().await;
    for (sandbox, client) in every_setup().await {
        let id = OrderId::random();
        // ACTIVEPAY
        let qr = create(&client, &id, &callback_url).await.unwrap();
        assert_eq!(qr.order_id(), &id);
        assert!(qr.code_url().ends_with(id.as_str()));
        // STATUS_QUERY
        let state = client.status_query().order_id(&id).send().await.unwrap();
        assert_eq!(
            (state.order_status().class(), state.total_amount()),
            (StatusClass::Pending, Ok(Some(Amount::from_minor(1999))))
        );
        // As in the sample of an unpaid order.
        assert!(state.trade_time().unwrap().local().is_some());
        // The buyer pays, and the callback arrives.
        let delivery = sandbox.pay(id.as_str()).await.unwrap();
        assert!(matches!(&delivery, Delivery::Answered { status: 200, body, .. } if body == "SUCCESS"), "{delivery:?}");
        let body = bodies.lock().unwrap().pop().unwrap();
        let paid: PaymentCallback = client.callback(&body).unwrap();
        assert_eq!(
            (paid.order_id(), paid.amount(), paid.tip()),
            (&id, Amount::from_minor(1999), Ok(Some(Amount::from_minor(100))))
        );
        assert!(paid.finish_time().unwrap().local().is_some());
        let state = client.status_query().order_id(&id).send().await.unwrap();
        assert_eq!((state.order_status(), state.refund_fee()), (&OrderStatus::Success, Ok(Some(Amount::ZERO))));
        assert!(state.trade_time().is_some());
        // REFUND, a part, then the rest
        let refund = RefundId::random();
        let part = |amount| client.refund().order_id(&refund).ori_order_id(&id).refund_amt(Amount::from_minor(amount));
        assert_eq!(part(500).send().await.unwrap().order_id(), Some(&refund));
        let state = client.status_query().order_id(&id).send().await.unwrap();
        assert_eq!(
            (state.order_status().class(), state.refund_fee()),
            (StatusClass::PartiallyRefunded, Ok(Some(Amount::from_minor(500))))
        );
        let rest = client.refund().order_id(RefundId::random()).ori_order_id(&id).refund_amt(Amount::from_minor(1499));
        rest.send().await.unwrap();
        let state = client.status_query().order_id(&id).send().await.unwrap();
        assert_eq!(state.order_status().class(), StatusClass::Refunded);
        // EX_RATE_QUERY
        let rate = client.ex_rate_query().fee_type(Currency::CAD).send().await.unwrap();
        assert_eq!((rate.fee_type(), rate.rate().to_string().as_str()), (Currency::CAD, "5.05703"));
        assert_eq!(sandbox.requests(), 8);
    }
}

#[tokio::test]
async fn an_order_id_works_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    create(&client, &order("T1"), "http://127.0.0.1:9/").await.unwrap();
    let error = create(&client, &order("T1"), "http://127.0.0.1:9/").await.unwrap_err();
    assert_eq!(
        (error.outcome(), error.refusal().map(|refusal| refusal.code())),
        (Outcome::DuplicateId, Some("ORDER_USED"))
    );
    // Refunds have ids of their own.
    sandbox.pay("T1").await.unwrap();
    let refund = client.refund().order_id(refund_id("T1")).ori_order_id(order("T1")).refund_amt(Amount::from_minor(1));
    let error = refund.send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::DuplicateId);
    assert!(error.to_string().starts_with("REFUND (order T1): ORDER_USED"), "{error}");
}

#[tokio::test]
async fn refunds_never_exceed_the_payment() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    create(&client, &order("T1"), "http://127.0.0.1:9/").await.unwrap();
    let refund = |id: &str, of: &str, minor| {
        client.refund().order_id(refund_id(id)).ori_order_id(order(of)).refund_amt(Amount::from_minor(minor)).send()
    };
    let refused = async |sending: ottpay::Sending<ottpay::RefundReply>| {
        let error = sending.await.unwrap_err().to_string();
        // `FAIL` has no reason, so the client does not treat it as a refusal.
        error
            .strip_suffix("; the outcome is unknown: query this order id, do not send it again")
            .unwrap_or(&error)
            .to_owned()
    };
    assert_eq!(refused(refund("R1", "T1", 1)).await, "REFUND (order R1): FAIL: the order is not paid");
    sandbox.pay("T1").await.unwrap();
    let too_much = "FAIL: the refund is greater than the payment";
    assert_eq!(refused(refund("R2", "T1", 2000)).await, format!("REFUND (order R2): {too_much}"));
    assert_eq!(refused(refund("R2", "T1", 0)).await, "REFUND (order R2): PARAM_INVALID: the amount is zero");
    refund("R3", "T1", 1999).await.unwrap();
    assert_eq!(refused(refund("R4", "T1", 1)).await, format!("REFUND (order R4): {too_much}"));
    // A refund is not a payment.
    assert_eq!(refused(refund("R5", "R3", 1)).await, "REFUND (order R5): FAIL: no such order");
    assert_eq!(refused(refund("R6", "NONE", 1)).await, "REFUND (order R6): FAIL: no such order");
    assert_eq!(sandbox.order("T1").unwrap().unwrap().refunded(), Amount::from_minor(1999));
    assert!(sandbox.order("R1").unwrap().is_none());
}

#[tokio::test]
async fn the_gateway_generates_a_missing_order_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let builder =
        client.active_pay().operator_id("0000020156").amount(Amount::from_minor(1)).biz_type(BizType::UnionPay);
    let qr = builder.without_order_id().call_back_url("https://shop.example/cb").send().await.unwrap();
    assert_eq!(sandbox.order(qr.order_id().as_str()).unwrap().unwrap().state(), OrderState::Created);
    // Callbacks do not leave this machine.
    assert!(matches!(sandbox.pay(qr.order_id().as_str()).await.unwrap(), Delivery::Failed { .. }));
}

#[tokio::test]
async fn the_buyer_pays_once_and_only_what_exists() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    assert!(matches!(sandbox.pay("T1").await, Err(SandboxError::NoSuchOrder { .. })));
    create(&client, &order("T1"), "http://127.0.0.1:9/").await.unwrap();
    // No server listens at port 9; the order is still paid.
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Failed { .. }));
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Paid);
    assert!(matches!(sandbox.pay("T1").await, Err(SandboxError::WrongState { .. })));
}

#[tokio::test]
async fn strangers_and_wrong_keys_are_turned_down() {
    let sandbox = Sandbox::start().await.unwrap();
    for client in [client(&sandbox).merchant_id("XX00000001"), client(&sandbox).sign_key(common::key("wrong"))] {
        let error = create(&client.build().unwrap(), &order("T1"), "http://127.0.0.1:9/").await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Refused, "{error:?}");
    }
    assert!(sandbox.order("T1").unwrap().is_none());
    let client = client(&sandbox).build().unwrap();
    let query = || client.status_query().order_id(order("T1")).send();
    assert!(matches!(query().path("/no/where").await.unwrap_err(), AskError::HttpStatus { status: 404, .. }));
    let error = query().version("9.9").await.unwrap_err().to_string();
    assert_eq!(error, "STATUS_QUERY (order T1): PARAM_ERROR: version: expected 1.0, found \"9.9\"");
}

#[tokio::test]
async fn the_sandbox_checks_fields_against_the_specification() {
    use ottpay::envelope::{Message, seal};
    use std::collections::BTreeMap;
    let sandbox = Sandbox::start().await.unwrap();
    let good = BTreeMap::from([
        ("amount", "100"),
        ("biz_type", "WECHATPAY"),
        ("call_back_url", "http://127.0.0.1:9/"),
        ("operator_id", "0000020156"),
        ("order_id", "T1"),
    ]);
    for (name, value, problem) in [
        ("amount", "1E2", "amount: expected a whole number of minor units"),
        ("amount", "100.00", "amount: expected a whole number of minor units"),
        ("amount", "1.5", "amount: expected a whole number of minor units"),
        ("amount", "", "amount: required, but absent"),
        ("biz_type", "PAYPAL", "biz_type: expected one of WECHATPAY, ALIPAY, UNIONPAY"),
        ("call_back_url", "nowhere", "call_back_url: expected an absolute URL such as https://shop.example/ottpay"),
    ] {
        let mut fields = good.clone();
        fields.insert(name, value);
        let sealed = seal(&fields, &sandbox.sign_key(), Cipher::Aes128Ecb);
        let message = Message::new([
            ("action", "ACTIVEPAY"),
            ("version", "1.0"),
            ("merchant_id", sandbox.merchant_id()),
            ("data", &sealed.data),
            ("md5", &sealed.md5),
        ]);
        let reply = post_raw(sandbox.url(), message.to_body(Framing::Json)).await;
        let found = if value.is_empty() { String::new() } else { format!(", found \"{value}\" (order T1)") };
        let problem = format!("{problem}{found}");
        assert_eq!((reply.text("rsp_code"), reply.text("rsp_msg")), (Some("PARAM_ERROR"), Some(&*problem)));
    }
    for (body, problem) in [
        (
            &b"rubbish!"[..],
            "expected a JSON object, or Base64 of one; the body is neither, or was truncated; likely cause: the body \
             is truncated, was altered in transit, or was never a message",
        ),
        (br#"{"action":"ACTIVEPAY"}"#, "merchant_id: required in the message, but absent"),
    ] {
        let reply = post_raw(sandbox.url(), body.to_vec()).await;
        assert_eq!(reply.text("rsp_msg"), Some(problem));
    }
}
