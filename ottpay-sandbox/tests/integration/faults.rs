//! Faults that a test requests, by name or by an amount.

use std::time::Duration;

use crate::common::{
    NOBODY, OPERATOR, checkout, client_of, control, exchange, get, order, pay, payment, post_raw, refund_id, sealed,
    shop, started, state, until,
};
use ottpay::{Amount, Client, Error, Outcome, StatusClass, WapPayLinkReturn};
use ottpay_sandbox::{Act, Delivery, Fault, OrderState, PlannedFault, Sandbox, SandboxError};
use serde_json::{Value, json};

fn link(client: &Client, id: &str, amount: u64) -> String {
    let link = client.wap_pay_link().mer_code("M1").oper_id(OPERATOR).order_id(order(id));
    let link = link.amount(Amount::from_minor(amount)).return_url("https://shop.example/thanks").notify_url(NOBODY);
    link.url().unwrap().as_str().to_owned()
}

fn slow(fault: Fault) -> PlannedFault {
    PlannedFault::new(fault).delay(Duration::from_secs(60))
}

#[test]
fn the_guide_lists_every_fault_with_its_amount() {
    let guide = include_str!("../../../docs/sandbox.md");
    for fault in Fault::ALL {
        let row = format!("| {} | `{}` | {} |", fault.amount().minor(), fault.name(), fault.description());
        assert!(guide.contains(&row), "{row}");
    }
}

#[tokio::test]
async fn faults_are_asked_for_at_least_once_and_can_be_forgotten() {
    let (sandbox, client) = started().await;
    let never = PlannedFault::new(Fault::Refuse).times(0);
    assert!(matches!(sandbox.add_fault(never), Err(SandboxError::NoTimes)));
    for _ in 0..1000 {
        sandbox.add_fault(Fault::Refuse).unwrap();
    }
    assert!(matches!(sandbox.add_fault(Fault::Refuse), Err(SandboxError::TooManyFaults)));
    sandbox.clear_faults();
    pay(&client, "T1", 100, NOBODY).await.unwrap();
}

#[tokio::test]
async fn a_fault_may_be_for_one_action_or_one_order_and_often() {
    let (sandbox, client) = started().await;
    let asked = json!({ "fault": "refuse", "times": 2, "action": "ACTIVEPAY", "order_id": "T1", "code": "ORDER_PAID" });
    assert_eq!(control(&sandbox, "POST", "/faults", asked).await.0, 200);
    pay(&client, "T2", 100, NOBODY).await.unwrap();
    for _ in 0..2 {
        assert!(pay(&client, "T1", 100, NOBODY).await.unwrap_err().to_string().contains("ORDER_PAID"));
    }
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    for wrong in [
        json!({ "fault": "reffuse" }),
        json!({ "fault": "refuse", "time": 1 }),
        json!({ "fault": "refuse", "action": "X" }),
        // A code that accepts a request cannot refuse it.
        json!({ "fault": "refuse", "code": "SUCCESS" }),
        json!({ "fault": "refuse", "code": "PROCESSING" }),
    ] {
        let (status, reply) = control(&sandbox, "POST", "/faults", wrong).await;
        assert_eq!(status, 400, "{reply}");
    }
    control(&sandbox, "POST", "/faults", json!({ "fault": "refuse" })).await;
    control(&sandbox, "DELETE", "/faults", Value::Null).await;
    let (_, faults) = control(&sandbox, "GET", "/faults", Value::Null).await;
    assert_eq!((&faults["waiting"], faults["known"].as_array().unwrap().len()), (&json!([]), Fault::ALL.len()));
}

#[tokio::test]
async fn a_checkout_page_is_known_to_faults_by_the_merchants_id() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    sandbox.add_fault(PlannedFault::new(Fault::CallbackDuplicate).order_id("P1")).unwrap();
    checkout(&client, "P1", &url).await;
    sandbox.pay("P1").await.unwrap();
    until(async || bodies.lock().unwrap().len() == 2).await;
}

#[tokio::test]
async fn every_fault_of_a_request_has_the_right_result_for_the_client() {
    for by_amount in [false, true] {
        let (sandbox, client) = started().await;
        let client_in_hurry = client_of(&sandbox).timeout(Duration::from_millis(300)).build().unwrap();
        let requests = Fault::ALL.iter().copied().filter(|fault| !fault.is_of_callback());
        for (place, fault) in requests.enumerate() {
            let id = format!("T{place}");
            let amount = if by_amount { fault.amount().minor() } else { 100 };
            if !by_amount {
                sandbox.add_fault(fault).unwrap();
            }
            let client = if fault == Fault::Delay { &client_in_hurry } else { &client };
            let result = pay(client, &id, amount, NOBODY).await;
            let carried_out = sandbox.order(&id).unwrap().is_some();
            let expected = match fault {
                Fault::Refuse => (Some(Outcome::Refused), false),
                Fault::DropBefore | Fault::BadGateway => (Some(Outcome::Unknown), false),
                Fault::Processing => (None, true),
                _ => (Some(Outcome::Unknown), true),
            };
            assert_eq!((result.as_ref().err().map(Error::outcome), carried_out), expected, "{fault:?}: {result:?}");
        }
        // Orders in progress are settled automatically.
        let processing =
            sandbox.orders().unwrap().into_iter().find(|order| order.state() == OrderState::Processing).unwrap();
        sandbox.advance(Duration::from_secs(3)).unwrap();
        assert_eq!(sandbox.order(processing.id()).unwrap().unwrap().state(), OrderState::Paid);
        // Each happened once.
        let id = format!("A{by_amount}");
        pay(&client, &id, 100, NOBODY).await.unwrap();
    }
}

#[tokio::test]
async fn every_fault_of_a_callback_reaches_the_shop() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    let taken = || bodies.lock().unwrap().len();
    let order_of = |place: usize| {
        let body = bodies.lock().unwrap()[place].clone();
        client.callback(&body).map(|paid| paid.order_id().to_string())
    };
    let add = |fault| {
        sandbox.add_fault(PlannedFault::new(fault).delay(Duration::from_millis(500))).unwrap();
    };

    add(Fault::CallbackDuplicate);
    pay(&client, "T1", 1, &url).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    until(async || taken() == 2).await;
    let sent = bodies.lock().unwrap().clone();
    assert_eq!(sent[0], sent[1]);

    add(Fault::CallbackDelay);
    pay(&client, "T2", 1, &url).await.unwrap();
    assert_eq!(sandbox.pay("T2").await.unwrap(), Delivery::Later);
    until(async || taken() == 3).await;

    add(Fault::CallbackOutOfOrder);
    pay(&client, "T3", 1, &url).await.unwrap();
    pay(&client, "T4", 1, &url).await.unwrap();
    assert_eq!(sandbox.pay("T3").await.unwrap(), Delivery::Later);
    sandbox.pay("T4").await.unwrap();
    until(async || taken() == 5).await;
    assert_eq!((order_of(3).unwrap(), order_of(4).unwrap()), ("T4".to_owned(), "T3".to_owned()));

    add(Fault::CallbackReplay);
    pay(&client, "T5", 1, &url).await.unwrap();
    sandbox.pay("T5").await.unwrap();
    until(async || taken() == 7).await;
    assert_eq!(order_of(5).unwrap(), order_of(6).unwrap());

    add(Fault::CallbackCorrupt);
    pay(&client, "T6", 1, &url).await.unwrap();
    sandbox.pay("T6").await.unwrap();
    assert!(order_of(7).is_err());

    add(Fault::CallbackForgetSort);
    pay(&client, "T7", 1, &url).await.unwrap();
    sandbox.pay("T7").await.unwrap();
    assert!(order_of(8).is_err());
}

/// The member of an outer message, which proves nothing.
fn outer(body: &[u8], name: &str) -> String {
    let body: Value = serde_json::from_slice(body).unwrap();
    body[name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_forged_callback_reports_paid_outside_the_sealed_data() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    let taken = |place: usize| bodies.lock().unwrap().get(place).cloned();
    sandbox.add_fault(PlannedFault::new(Fault::CallbackForged).delay(Duration::from_millis(500))).unwrap();
    // The other order has an id that no existing order has.
    pay(&client, "T0", 100, NOBODY).await.unwrap();
    pay(&client, "T1", 100, &url).await.unwrap();
    assert_eq!(sandbox.pay("T1").await.unwrap(), Delivery::Later);
    until(async || taken(1).is_some()).await;
    let (forged, genuine) = (taken(0).unwrap(), taken(1).unwrap());
    assert_eq!(["rsp_code", "order_id", "amount"].map(|name| outer(&forged, name)), ["SUCCESS", "T1", "100"]);
    let meant = client.callback(&forged).unwrap();
    assert_eq!((meant.order_id().as_str(), meant.amount().minor()), ("T2", 1));
    assert_eq!(client.callback(&genuine).unwrap().order_id().as_str(), "T1");

    // An unpaid order has no callback except the forged one, whatever the shop answers.
    sandbox.add_fault(Fault::CallbackForged).unwrap();
    pay(&client, "T2", 100, &url).await.unwrap();
    assert!(matches!(sandbox.act("T2", Act::Decline).await.unwrap(), Delivery::Answered { status: 200, .. }));
    let forged = taken(2).unwrap();
    assert_eq!(["rsp_code", "order_id", "amount"].map(|name| outer(&forged, name)), ["SUCCESS", "T2", "100"]);
    let meant = client.callback(&forged).unwrap();
    assert_eq!(meant.order_id().as_str(), "T2");
    assert_ne!(meant.order_status().unwrap().class(), StatusClass::Paid);
    assert_eq!(outer(&forged, "order_status"), "success");
    let order = client.status_query().order_id(order("T2")).send().await.unwrap();
    assert_eq!(order.order_status().class(), StatusClass::Failed);
    let closed = NOBODY;
    sandbox.add_fault(Fault::CallbackForged).unwrap();
    pay(&client, "T3", 100, closed).await.unwrap();
    assert!(matches!(sandbox.act("T3", Act::Cancel).await.unwrap(), Delivery::Failed { .. }));
    let shown = control(&sandbox, "GET", "/orders/T3", Value::Null).await.1;
    assert_eq!(shown["callbacks"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&shown["callbacks"][0]["state"], &shown["callbacks"][0]["next_attempt_at"]),
        (&json!("failed"), &Value::Null)
    );
    assert_eq!(bodies.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn faults_reach_links_but_for_those_that_a_link_cannot_have() {
    let (sandbox, client) = started().await;
    assert_eq!(get(&link(&client, "T1", 900_001)).await.0, 400);
    assert_eq!(state(&sandbox, "T1").await, Value::Null);
    assert_eq!(get(&link(&client, "T2", 900_008)).await.0, 502);
    assert_eq!(state(&sandbox, "T2").await, Value::Null);
    sandbox.add_fault(slow(Fault::Processing)).unwrap();
    assert_eq!(get(&link(&client, "T3", 100)).await.0, 303);
    assert_eq!(state(&sandbox, "T3").await, "processing");
    // It has neither a digest nor a body to break.
    for fault in [Fault::WrongDigest, Fault::Truncate] {
        sandbox.add_fault(fault).unwrap();
    }
    assert_eq!(get(&link(&client, "T4", 900_007)).await.0, 303);
    let (_, faults) = control(&sandbox, "GET", "/faults", Value::Null).await;
    assert_eq!(faults["waiting"].as_array().unwrap().len(), 2);
    let never = json!({ "fault": "wrong_digest", "action": "wap_pay_link" });
    let (status, reply) = control(&sandbox, "POST", "/faults", never).await;
    assert!(status == 400 && reply["error"].as_str().unwrap().contains("cannot happen to wap_pay_link"), "{reply}");
    // The buyer who has paid returns to the shop.
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
    let body = payment(&client, &order("T1"));
    sandbox.add_fault(Fault::Truncate).unwrap();
    assert_eq!(client.send(&body).await.unwrap_err().outcome(), Outcome::Unknown);
    sandbox.add_fault(Fault::Truncate).unwrap();
    let (_, messages) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
    let again = messages[0]["sent"].as_str().unwrap().replace("ACTIVEPAY", "STATUS_QUERY").into_bytes();
    // For another action, the same fields form a query about the order.
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
        let refund = client.refund().order_id(refund_id(id)).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(amount)).send().await.unwrap()
    };
    for amount in [900_004, 900_009] {
        assert_eq!(back(&format!("R{amount}"), amount).await.raw().outer().code(), Some("SUCCESS"));
    }
    sandbox.add_fault(slow(Fault::Processing)).unwrap();
    // A query is not a write, and waits for nothing.
    assert!(client.status_query().order_id(order("T1")).send().await.is_ok());
    assert_eq!(back("R1", 100).await.raw().outer().code(), Some("PROCESSING"));
    let class = async || {
        let refund = client.refund_query().order_id(refund_id("R1")).send().await.unwrap();
        refund.order_status().unwrap().class()
    };
    assert_eq!((state(&sandbox, "R1").await, class().await), (json!("processing"), StatusClass::Pending));
    sandbox.advance(Duration::from_secs(61)).unwrap();
    assert_eq!(state(&sandbox, "R1").await, "paid");
    assert_ne!(class().await, StatusClass::Pending);
}

#[tokio::test]
async fn a_wrong_digest_decrypts_and_does_not_verify() {
    let tame = Sandbox::builder().tame(true);
    for (builder, fault) in
        [(Sandbox::builder(), Fault::WrongDigest), (Sandbox::builder(), Fault::ForgetSort), (tame, Fault::ForgetSort)]
    {
        let sandbox = builder.start().await.unwrap();
        sandbox.add_fault(fault).unwrap();
        let reply = post_raw(sandbox.url(), sealed(&sandbox, "EX_RATE_QUERY", "1.0", r#"{"fee_type":"CAD"}"#)).await;
        let error = reply.open(&sandbox.sign_key(), ottpay::Cipher::Aes128Ecb).unwrap_err();
        assert_eq!(error, ottpay::envelope::OpenError::Digest);
    }
}
