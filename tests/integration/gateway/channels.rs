//! Every channel in typed calls, in both framings, over HTTP against the sandbox.

use crate::common::{self, FRAMINGS, NOBODY, OPERATOR, checkout, checkout_id, get, order, refund_id, shop, start};
use ottpay::{
    Amount, BizType, Currency, Framing, InAppBizType, OrderId, OrderStatus, ResponseCode, StatusClass, SubmitType,
    Timestamp,
};
use ottpay_sandbox::Delivery;

#[tokio::test]
async fn a_shown_code_is_paid_at_once() {
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let id = OrderId::random();
        let request = client.passive_pay().order_id(&id).operator_id(OPERATOR).amount(Amount::from_minor(100));
        let request = request.auth_code("134567890123456789").biz_type(BizType::WechatPay).terminal_no("T7");
        let request = request.build().unwrap();
        assert!(!format!("{request:?}").contains("1345678"), "{request:?}");
        let paid = client.send(&request).await.unwrap();
        assert_eq!((paid.order_id(), paid.total_amount()), (&id, Amount::from_minor(100)));
        assert!(paid.order_status().class() == StatusClass::Paid && paid.trade_time().is_some());
        assert!(!format!("{paid:?}").contains("sample-buyer"), "{paid:?}");
        assert!(sandbox.pay(id.as_str()).await.is_err(), "paid already");
    }
}

#[tokio::test]
async fn a_mini_program_gets_its_pay_info_as_fields() {
    for framing in FRAMINGS {
        let (_sandbox, client) = start(framing).await;
        let request = client.mapp_pay().order_id(order("T1")).operator_id(OPERATOR).amount(Amount::from_minor(1));
        let request = request.app_id("wx5f89682208cf8e88").open_id("secret-open-id").call_back_url(NOBODY);
        let request = request.build().unwrap();
        assert!(!format!("{request:?}").contains("secret-open-id"));
        let reply = client.send(&request).await.unwrap();
        let info = reply.pay_info();
        assert_eq!((info.app_id(), info.sign_type(), info.time_stamp()), ("wx5f89682208cf8e88", "MD5", "2018091015"));
        assert_eq!(info.raw().text("packageStr"), Some("prepay_id=sample"));
        assert_eq!(reply.amount(), Amount::from_minor(1));
    }
}

#[tokio::test]
async fn a_mobile_browser_gets_a_link_and_the_callback_arrives() {
    let (callback_url, bodies) = shop().await;
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let id = OrderId::random();
        let request = client.h5_pay().order_id(&id).amount(Amount::from_minor(5)).currency_type(Currency::CAD);
        let reply = request.operator_id(OPERATOR).call_back_url(&callback_url).send().await.unwrap();
        assert!(reply.payinfo().as_str().ends_with(id.as_str()));
        assert_eq!((reply.merchant_id(), reply.time_zone_id()), (sandbox.merchant_id(), None));
        let delivery = sandbox.pay(id.as_str()).await.unwrap();
        assert!(matches!(&delivery, Delivery::Answered { status: 200, body, .. } if body == "SUCCESS"), "{delivery:?}");
        let body = bodies.lock().unwrap().pop().unwrap();
        assert_eq!(client.wallet_callback(&body).unwrap().order_id(), &id);
        assert_eq!(client.callback(&body).unwrap().amount(), Amount::from_minor(5));
    }
}

#[tokio::test]
async fn union_pay_purchases_are_paid_and_preauthorisations_reserved() {
    let (callback_url, bodies) = shop().await;
    let time = || Timestamp::new("20191125162635").unwrap();
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let state = async |id: &str| {
            sandbox.pay(id).await.unwrap();
            let body = bodies.lock().unwrap().pop().unwrap();
            assert_eq!(client.union_pay_callback(&body).unwrap().order_id().as_str(), id);
            client.union_pay_query().order_id(order(id)).send().await.unwrap().order_status().class()
        };
        let purchase =
            client.union_pay_purchase().order_id(order("T1")).txn_time(time()).txn_amt(Amount::from_minor(100));
        let purchase = purchase.front_url("https://shop.example/result").back_url(&callback_url).send().await.unwrap();
        assert_eq!((purchase.rsp_code(), purchase.rsp_msg()), (&ResponseCode::Processing, "User paying"));
        assert!(purchase.code_url().as_str().ends_with("T1"));
        assert_eq!(state("T1").await, StatusClass::Paid);
        let preauth =
            client.union_pay_preauth().order_id(order("T2")).txn_time(time()).txn_amt(Amount::from_minor(100));
        preauth.front_url("https://shop.example/result").back_url(&callback_url).send().await.unwrap();
        assert_eq!(state("T2").await, StatusClass::Authorised);
        let mobile = client.union_pay_mobile_purchase().order_id(order("T3")).txn_time(time());
        let mobile = mobile.txn_amt(Amount::from_minor(100)).front_url("https://shop.example/result");
        assert_eq!(mobile.back_url(&callback_url).send().await.unwrap().amount(), Amount::from_minor(100));
        assert_eq!(state("T3").await, StatusClass::Paid);
        let mobile = client.union_pay_mobile_preauth().order_id(order("T4")).txn_time(time());
        let mobile = mobile.txn_amt(Amount::from_minor(100)).front_url("https://shop.example/result");
        mobile.back_url(&callback_url).send().await.unwrap();
        assert_eq!(state("T4").await, StatusClass::Authorised);
        // Reserved money cannot be refunded.
        let refund =
            client.refund().order_id(refund_id("R1")).ori_order_id(order("T4")).refund_amt(Amount::from_minor(1));
        assert!(refund.send().await.unwrap_err().to_string().contains("the order is not paid"));
    }
}

#[tokio::test]
async fn elavon_is_reached_at_its_own_path_and_asked_under_both_names() {
    let (callback_url, bodies) = shop().await;
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let start = |id: &str| {
            let purchase = client.elavon_purchase().order_id(order(id)).operator_id(OPERATOR);
            let purchase = purchase.txn_time(Timestamp::now_utc()).txn_amt(Amount::from_minor(9955));
            purchase.front_url("https://shop.example/result").back_url(&callback_url).send()
        };
        assert!(start("T1").await.unwrap().code_url().as_str().ends_with("T1"));
        sandbox.pay("T1").await.unwrap();
        let body = bodies.lock().unwrap().pop().unwrap();
        assert_eq!(client.elavon_callback(&body).unwrap().amount(), Amount::from_minor(9955));
        let query = client.elavon_query().order_id(order("T1")).txn_time(Timestamp::now_utc()).build().unwrap();
        let values = ottpay::request::Request::values(&query);
        assert_eq!((values.get("order_id"), values.get("orderId")), (Some("T1"), Some("T1")));
        assert_eq!(values.get("merchant_id"), Some(sandbox.merchant_id()));
        assert_eq!(client.send(&query).await.unwrap().order_status().class(), StatusClass::Paid);
        let preauth = client.elavon_preauth().order_id(order("T2")).operator_id(OPERATOR);
        let preauth = preauth.txn_time(Timestamp::now_utc()).txn_amt(Amount::from_minor(9955));
        preauth.front_url("https://shop.example/result").back_url(&callback_url).send().await.unwrap();
        sandbox.pay("T2").await.unwrap();
        let query = client.elavon_query().order_id(order("T2")).txn_time(Timestamp::now_utc()).send().await.unwrap();
        assert_eq!(query.order_status(), &OrderStatus::Authorised);
    }
}

#[tokio::test]
async fn portico_sends_the_callers_encrypted_card_and_never_shows_it() {
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let payment = client.portico_purchase().order_id(order("T1")).shop_id("S1").operator_id(OPERATOR);
        let payment = payment.txn_time(Timestamp::now_utc()).txn_amt(Amount::from_minor(100)).cc_number("OPAQUE-CARD");
        let payment = payment.cc_sha("OPAQUE-SHA").currency(Currency::CAD).cc_maskednum("4242").build().unwrap();
        let shown = format!("{payment:?} {:?}", client.send(&payment));
        assert!(!["OPAQUE", "4242"].iter().any(|secret| shown.contains(secret)), "{shown}");
        let values = ottpay::request::Request::values(&payment);
        assert_eq!((values.get("cc_number"), values.get("merId")), (Some("OPAQUE-CARD"), Some(sandbox.merchant_id())));
        assert_eq!(client.send(&payment).await.unwrap().order_status().unwrap().class(), StatusClass::Paid);
        let preauth = client.portico_preauth().order_id(order("T2")).shop_id("S1").operator_id(OPERATOR);
        let preauth = preauth.txn_time(Timestamp::now_utc()).txn_amt(Amount::from_minor(100)).cc_number("OPAQUE-CARD");
        let preauth = preauth.cc_sha("OPAQUE-SHA").currency(Currency::CAD).cc_maskednum("4242").send().await.unwrap();
        assert_eq!(preauth.order_status().unwrap().class(), StatusClass::Authorised);
        let state = client.portico_query().order_id(order("T2")).send().await.unwrap();
        assert_eq!(
            (state.order_status().class(), state.amount()),
            (StatusClass::Authorised, Ok(Some(Amount::from_minor(100))))
        );
    }
}

#[tokio::test]
async fn a_checkout_page_is_known_by_the_shops_id_and_paid_under_another() {
    let (callback_url, bodies) = shop().await;
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let page = checkout(&client, "C1", &callback_url).await;
        let opened = page.payinfo().with_parameter("selected", "WECHATPAY").unwrap();
        assert!(opened.as_str().ends_with("?selected=WECHATPAY"));
        let query = || client.prepay_query().prepay_order_id(checkout_id("C1")).send();
        let open = query().await.unwrap();
        assert_eq!((open.status().class(), open.order_id()), (StatusClass::Pending, None));
        sandbox.pay("C1").await.unwrap();
        let body = bodies.lock().unwrap().pop().unwrap();
        let paid = client.checkout_callback(&body).unwrap();
        assert_eq!(paid.prepay_order_id(), Some(&checkout_id("C1")));
        let state = query().await.unwrap();
        assert_eq!(state.status().class(), StatusClass::Paid);
        assert_eq!((state.order_id(), state.prepay_order_id()), (Some(paid.order_id()), &checkout_id("C1")));
        assert_eq!((state.payments_methods(), state.duration()), ("[]", 100));
        // The order itself has the gateway's id, and the shop's id works once.
        let state = client.status_query().order_id(paid.order_id()).send().await.unwrap();
        assert_eq!(state.order_status().class(), StatusClass::Paid);
        let again =
            client.prepay_init().shop_id("S").operator_id(OPERATOR).prepay_order_id(checkout_id("C1")).sale_num("S2");
        let again = again.amount(Amount::from_minor(1)).currency_type(Currency::CAD).duration(1);
        let again = again.redirect_url("https://shop.example/").call_back_url(NOBODY).send().await.unwrap_err();
        assert!(again.outcome() == ottpay::Outcome::DuplicateId && again.order_id() == Some("C1"), "{again}");
    }
}

#[tokio::test]
async fn a_refund_is_asked_for_by_its_own_id() {
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let payment = client.active_pay().order_id(order("T1")).amount(Amount::from_minor(100)).without_operator_id();
        payment.biz_type(BizType::UnionPay).call_back_url(NOBODY).send().await.unwrap();
        sandbox.pay("T1").await.unwrap();
        let refund =
            client.refund().order_id(refund_id("R1")).ori_order_id(order("T1")).refund_amt(Amount::from_minor(100));
        refund.send().await.unwrap();
        let refund = client.refund_query().order_id(refund_id("R1")).send().await.unwrap();
        let status = refund.order_status().unwrap();
        // A refunded payment is not a payment.
        assert_eq!((status, status.class()), (&ottpay::RefundStatus::Success, StatusClass::Refunded));
        // With the id of a refund, the call that queries an order is a different query.
        let refund = client.refund_status_query().order_id(refund_id("R1")).send().await.unwrap();
        assert_eq!(refund.order_status(), &ottpay::RefundStatus::Success);
        let action = |name| ottpay::GATEWAY.find_method(name).unwrap().action;
        assert_eq!(action("refund_status_query"), action("status_query"));
        for error in [
            client.refund_query().order_id(refund_id("T1")).send().await.unwrap_err(),
            client.refund_status_query().order_id(refund_id("R9")).send().await.unwrap_err(),
            client.union_pay_query().order_id(order("R1")).send().await.unwrap_err(),
        ] {
            assert!(error.to_string().contains("no such order"), "{error}");
        }
        let state = client.status_query().order_id(order("T1")).send().await.unwrap();
        assert_eq!(state.order_status().class(), StatusClass::Refunded);
    }
}

#[tokio::test]
async fn an_app_gets_the_fields_for_wechat_and_the_secret_is_hidden() {
    let (callback_url, bodies) = shop().await;
    for framing in FRAMINGS {
        let (sandbox, client) = start(framing).await;
        let request = client.in_app_pay_wechat().user_id("wxcbb0a73d2d5a8888").amount(Amount::from_minor(100));
        let request = request.operator_id(OPERATOR).order_id(order("T1")).call_back_url(&callback_url);
        let reply = request.send().await.unwrap();
        assert_eq!((reply.wxapikey(), reply.package()), ("sample-secret", "Sign=WXPay"));
        let shown = format!("{reply:?} {:?}", reply.raw());
        assert!(!shown.contains("sample-secret") && shown.contains(reply.nonce_str()), "{shown}");
        sandbox.pay("T1").await.unwrap();
        let body = bodies.lock().unwrap().pop().unwrap();
        assert_eq!(client.in_app_wechat_callback(&body).unwrap().order_id(), &order("T1"));
    }
}

#[tokio::test]
async fn the_gateway_accepts_the_parameters_for_the_sdk() {
    let (callback_url, bodies) = shop().await;
    let (sandbox, client) = start(Framing::Json).await;
    let request = client.in_app_pay_alipay().amount(Amount::from_minor(100)).operator_id(OPERATOR);
    let request = request.biz_type(InAppBizType::AlipayUsdOnline).order_id(order("T1")).call_back_url(&callback_url);
    let parameters = request.build().unwrap().to_json();
    let read: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&parameters).unwrap();
    assert_eq!(read["server_url"], format!("{}/inAppPay", sandbox.url()));
    assert_eq!((&read["merchant_id"], &read["bizType"]), (&sandbox.merchant_id().into(), &"APUSDONLINE".into()));
    // The SDK's own request is not documented; this is the nearest thing to it.
    let (status, _) = common::exchange(sandbox.url(), "POST", "/inAppPay", parameters.into_bytes()).await;
    assert_eq!(status, 200);
    sandbox.pay("T1").await.unwrap();
    let body = bodies.lock().unwrap().pop().unwrap();
    // The vendor's page requires a tip here.
    assert_eq!(client.in_app_alipay_callback(&body).unwrap().tip(), Amount::ZERO);
    assert_eq!(client.callback(&body).unwrap().order_id(), &order("T1"));
}

#[tokio::test]
async fn opened_links_make_orders() {
    let (callback_url, bodies) = shop().await;
    let (sandbox, client) = start(Framing::Json).await;
    let link = client.h5_pay_link().mer_code("SECRET-CODE").order_id(order("T1")).amount(Amount::from_minor(100));
    let h5 = link.new_url("https://shop.example/result?a=1&b=2").url().unwrap();
    assert!(!format!("{h5:?}").contains("SECRET-CODE"), "{h5:?}");
    let web =
        client.web_pay_link().mer_code("C").order_id(order("T2")).oper_id(OPERATOR).amount(Amount::from_minor(100));
    let web = web.return_url("https://shop.example/r").notify_url(&callback_url).submit_type(SubmitType::Scan);
    let web = web.remarks("tea & cake").url().unwrap();
    let wap =
        client.wap_pay_link().mer_code("C").order_id(order("T3")).oper_id(OPERATOR).amount(Amount::from_minor(100));
    let wap = wap.return_url("https://shop.example/r").notify_url(&callback_url).url().unwrap();
    for (url, id, has_callback) in [(h5, "T1", false), (web, "T2", true), (wap, "T3", true)] {
        // The browser is sent on to the page on which the buyer pays.
        let (status, _) = get(url.as_str()).await;
        assert_eq!((status, sandbox.order(id).unwrap().unwrap().amount()), (303, Amount::from_minor(100)));
        let delivery = sandbox.pay(id).await.unwrap();
        assert_eq!(delivery == Delivery::NotAsked, !has_callback, "{delivery:?}");
        if has_callback {
            let body = bodies.lock().unwrap().pop().unwrap();
            assert_eq!(client.wallet_callback(&body).unwrap().order_id(), &order(id));
        }
        let state = client.status_query().order_id(order(id)).send().await.unwrap();
        assert_eq!(state.order_status().class(), StatusClass::Paid);
        // A link must not be opened twice for one order.
        let (status, page) = get(url.as_str()).await;
        assert_eq!((status, page.as_str()), (400, "ORDER_USED: order number duplicated\n"));
    }
}

#[tokio::test]
async fn a_field_sent_in_place_of_another_is_served() {
    let (sandbox, client) = start(Framing::Json).await;
    let card = client.elavon_preauth().order_id(order("T1")).operator_id(OPERATOR).txn_time(Timestamp::now_utc());
    let card = card.txn_amt(Amount::from_minor(100)).front_url("https://shop.example/result").back_url(NOBODY);
    card.with_biz_type_snake().send().await.unwrap();
    sandbox.pay("T1").await.unwrap();
    assert_eq!(sandbox.order("T1").unwrap().unwrap().class(), StatusClass::Authorised);
    let program = client.mapp_pay().order_id(order("T2")).operator_id(OPERATOR).amount(Amount::from_minor(100));
    let program = program.tip_upper(Amount::from_minor(7)).app_id("wx").open_id("o").call_back_url(NOBODY);
    program.send().await.unwrap();
    let state = client.status_query().order_id(order("T2")).send().await.unwrap();
    assert_eq!(state.tip(), Ok(Some(Amount::from_minor(7))));
    // Queries for refunds and for Checkout pages do not find other orders.
    assert!(client.refund_query().order_id(refund_id("T2")).send().await.is_err());
    assert!(client.prepay_query().prepay_order_id(checkout_id("T2")).send().await.is_err());
}
