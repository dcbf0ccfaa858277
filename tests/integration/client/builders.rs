//! Builders and finished requests: values that are checked before they are sent, and sent once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use super::sending::{client_at, raw_gateway};
use crate::common::{Script, order, payment, refund_id, sample};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{Amount, BizType, Error, Outcome, RefundId, Url};
use tokio::time::timeout;

#[test]
fn setters_accept_references_and_optional_values() {
    let client = sample().build().unwrap();
    let (wallet, amount, tip, id) =
        (&BizType::Alipay, &Amount::from_minor(1), Some(Amount::from_minor(2)), order("T1"));
    let operator = &"0000020156";
    let url = String::from("https://shop.example/cb");
    let whole = client.active_pay().order_id(&id).amount(amount).biz_type(wallet).operator_id(operator);
    let with_tip = whole.clone().call_back_url(&url).maybe_tip(tip).maybe_order_remark(None::<&str>).build().unwrap();
    assert_eq!(ottpay::request::Request::values(&with_tip).get("tip"), Some("2"));
    assert_ne!(whole.call_back_url(&url).build().unwrap(), with_tip);
}

#[test]
fn a_request_that_breaks_a_rule_is_not_built() {
    let client = sample().strict(true).build().unwrap();
    let whole = || client.active_pay().order_id(order("T1")).amount(Amount::from_minor(1));
    let error =
        whole().biz_type(BizType::Alipay).operator_id("12345").call_back_url("https://a.example").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "ACTIVEPAY: operator_id: expected 10 characters, got 5 (declared at spec/actions/active_pay.yaml:18)"
    );
    let error = whole().biz_type(BizType::from("PAYPAL")).operator_id("0000020156").call_back_url("https://a.example");
    let error = error.build().unwrap_err().to_string();
    assert!(error.contains("biz_type: expected one of WECHATPAY, ALIPAY, UNIONPAY"), "{error}");
    let error = whole().biz_type(BizType::Alipay).operator_id("0000020156").call_back_url("http://a.example").build();
    let error = error.unwrap_err().to_string();
    assert!(error.contains("call_back_url: expected https"), "{error}");
    // It is allowed if requested explicitly.
    let url = Url::plain_http("http://a.example").unwrap();
    let _ = whole().biz_type(BizType::Alipay).operator_id("0000020156").call_back_url(url).build().unwrap();
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_is_not_sent() {
    let script = Script::default();
    let sending =
        script.client().refund().ori_order_id(order("T1")).refund_amt(Amount::from_minor(1)).order_id(refund_id("R1"));
    drop(sending.send());
    let client = script.client();
    let builder = client.active_pay().amount(Amount::from_minor(1)).biz_type(BizType::from("PAYPAL")).operator_id("1");
    let error = builder.order_id(order("T1")).call_back_url("https://a.example").send().await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)));
    assert_eq!((error.outcome(), error.action()), (Outcome::Never, "ACTIVEPAY"));
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn a_builder_is_a_future_that_sends_its_request_once() {
    let (address, requests) = raw_gateway(None).await;
    let client = client_at(address);
    let builder = client.active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(1));
    let builder = builder.biz_type(BizType::Alipay).call_back_url("https://shop.example/cb");
    let mut builder = std::pin::pin!(builder);
    let (sent, moment) = (|| requests.load(Ordering::SeqCst), Duration::from_millis(100));
    for polled in 0..200 {
        timeout(moment, builder.as_mut()).await.unwrap_err();
        if sent() > 0 && polled > 2 {
            break;
        }
    }
    timeout(moment, builder.as_mut()).await.unwrap_err();
    assert_eq!(sent(), 1);
    // A copy is a request of its own, whether it is made before the builder is polled or after.
    let mut copy = std::pin::pin!(builder.clone());
    for _ in 0..200 {
        timeout(moment, copy.as_mut()).await.unwrap_err();
        if sent() > 1 {
            break;
        }
    }
    assert_eq!(sent(), 2);
}

#[tokio::test]
async fn a_builder_that_is_awaited_or_spawned_gives_the_reply() {
    let script = || Script::accepted(r#"{"code_url":"weixin://pay","order_id":"T1"}"#);
    let builder = |script: &Script, wallet: BizType| {
        let builder = script.client().active_pay().order_id(order("T1")).without_operator_id();
        builder.amount(Amount::from_minor(1)).biz_type(wallet).call_back_url("https://shop.example/cb")
    };
    let (awaited, spawned, invalid) = (script(), script(), script());
    assert_eq!(builder(&awaited, BizType::Alipay).await.unwrap().code_url(), "weixin://pay");
    let reply = tokio::spawn(builder(&spawned, BizType::Alipay)).await.unwrap().unwrap();
    assert_eq!(reply.order_id(), &order("T1"));
    assert!(matches!(builder(&invalid, BizType::from("PAYPAL")).await, Err(Error::Invalid(_))));
    assert_eq!([awaited, spawned, invalid].map(|script| script.requests().len()), [1, 1, 0]);
}

#[test]
fn requests_are_values_that_can_be_kept_compared_and_shown() {
    let client = sample().build().unwrap();
    let request = payment(&client, &order("T1"));
    assert_eq!(request, request.clone());
    assert_ne!(request, payment(&client, &order("T2")));
    let shown = format!("{request:?}");
    assert!(shown.contains("ACTIVEPAY") && shown.contains("1999"), "{shown}");
}

/// Counts the events it receives, and panics at each.
#[derive(Clone, Default)]
struct Panicking(Arc<AtomicUsize>);

impl Transport for Panicking {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic!("a transport with a bug")
    }
}

#[test]
fn a_builder_that_is_polled_again_after_a_panic_sends_nothing_again() {
    let transport = Panicking::default();
    let client = sample().transport(transport.clone()).build().unwrap();
    let refund = client.refund().order_id(RefundId::new("R1").unwrap()).ori_order_id(order("T1"));
    let mut refund = std::pin::pin!(refund.refund_amt(Amount::from_minor(1)));
    for _ in 0..3 {
        let context = &mut Context::from_waker(Waker::noop());
        let polled = catch_unwind(AssertUnwindSafe(|| refund.as_mut().poll(context)));
        assert!(polled.is_err());
    }
    assert_eq!(transport.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_complete_builder_is_sent_by_awaiting_it() {
    let script = Script::accepted(r#"{"order_id":"T1","order_status":"init"}"#);
    let client = script.client();
    let reply = client.status_query().order_id(order("T1")).await.unwrap();
    assert_eq!(reply.order_status().class(), ottpay::StatusClass::Pending);
    let script = Script::new([Err(TransportError::not_sent("no route"))]);
    let client = script.client();
    let refund = client
        .refund()
        .order_id(RefundId::new("R1").unwrap())
        .ori_order_id(order("T1"))
        .refund_amt(Amount::from_minor(1));
    assert_eq!(refund.await.unwrap_err().outcome(), Outcome::NotSent);
    assert_eq!(script.requests().len(), 1);
}
