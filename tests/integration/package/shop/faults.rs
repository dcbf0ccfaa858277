//! The shop against every fault of the gateway: paid and shipped once, even if messages are lost, late, duplicated or
//! altered.

use std::time::Duration;

use ottpay::{Amount, StatusClass};
use ottpay_sandbox::{Fault, OrderKind, PlannedFault};
use serde_json::json;

use super::program::{Program, World};

#[tokio::test(flavor = "multi_thread")]
async fn tea_is_sold_paid_shipped_once_and_given_back() {
    let world = World::of_callbacks("happy").await;
    let (status, order) = world.order("19.99").await;
    assert_eq!(status, 201);
    let (_, page) = world.page(&format!("/orders/{order}")).await;
    assert!(page.contains("19.99 CAD") && page.contains("<svg"), "{page}");
    // A buyer who opens the page again gets the same code, and no second order.
    assert_eq!(world.page(&format!("/orders/{order}")).await.1, page);
    assert_eq!(world.sandbox.orders().unwrap().len(), 1);
    // An unpaid order is not refunded.
    assert_eq!(world.refund(&order, "5.00").await.0, 409);

    world.pay(&order).await;
    world.until_paid_once(&order).await;
    let (status, refund) = world.refund(&order, "5.00").await;
    assert_eq!(status, 202);
    world.until_refund(&order, &refund, "refunded").await;
    assert_eq!(world.refund(&order, "15.00").await.0, 409);
    let id = world.first_id(&order).await;
    assert_eq!(world.sandbox.order(&id).unwrap().unwrap().refunded(), Amount::from_minor(500));
    assert_eq!(world.shown(&order).await["shipped"], 1);
    assert_eq!(world.shown(&order).await["remark"], "refunded: 5.00 CAD");
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_prices_orders_and_callbacks_are_rejected() {
    let world = World::of_callbacks("rejected").await;
    for price in ["", "0", "0.00", "-1", "1.999", "tea", "1e3"] {
        assert_eq!(world.call("POST", "/orders", &json!({ "price": price })).await.0, 422, "{price}");
    }
    assert_eq!(world.page("/orders/no-such-order").await.0, 404);
    assert_eq!(world.page(&format!("/orders/{}", "x".repeat(201))).await.0, 404);
    assert_eq!(world.call("POST", "/ottpay", &json!({})).await.0, 400);
    assert!(world.sandbox.orders().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_callback_never_arrives_is_queried() {
    let world = World::new("silent").await;
    let (_, order) = world.order("19.99").await;
    world.sandbox.add_fault(PlannedFault::new(Fault::CallbackDelay).delay(Duration::from_secs(3600))).unwrap();
    world.pay(&order).await;
    world.until_paid_once(&order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_code_can_be_replaced_and_both_payments_are_distinguished() {
    let world = World::new("lost-code").await;
    for fault in [Fault::DropAfter, Fault::Reset, Fault::Truncate, Fault::WrongDigest] {
        world.sandbox.add_fault(world.fault(fault, "active_pay")).unwrap();
        let (status, order) = world.order("19.99").await;
        assert_eq!(status, 202, "{fault:?}");
        world.until_state(&order, "unpayable").await;
        let first = world.first_id(&order).await;
        assert_eq!(world.sandbox.order(&first).unwrap().unwrap().class(), StatusClass::Pending);
        assert!(world.page(&format!("/orders/{order}")).await.1.contains("You have not been charged."));
        // The buyer gets another code, and pays. Then the first one is paid, too, as if another buyer had it.
        world.call("POST", &format!("/orders/{order}/pay"), &json!({})).await;
        world.until_state(&order, "open").await;
        let second = world.payments(&order).await[0]["order_id"].as_str().unwrap().to_owned();
        assert_ne!(second, first);
        let _ = world.sandbox.pay(&second).await.unwrap();
        world.until_paid_once(&order).await;
        let _ = world.sandbox.pay(&first).await.unwrap();
        let gives_back = |shown: &serde_json::Value| {
            let payments = shown["payments"].as_array().unwrap();
            payments.iter().any(|payment| payment["role"] == "refund" && payment["state"] == "refunded")
        };
        world.until(&order, gives_back, "a refund of the second payment").await;
        assert_eq!(world.sandbox.order(&first).unwrap().unwrap().refunded(), Amount::from_minor(1999), "{fault:?}");
        assert_eq!(world.sandbox.order(&second).unwrap().unwrap().refunded(), Amount::ZERO, "{fault:?}");
        assert_eq!(world.shown(&order).await["shipped"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_arrived_or_was_refused_leaves_an_order_that_can_be_paid_again() {
    let world = World::new("never-arrived").await;
    for fault in [Fault::DropBefore, Fault::BadGateway] {
        world.sandbox.add_fault(world.fault(fault, "active_pay")).unwrap();
        let (status, order) = world.order("19.99").await;
        assert_eq!(status, 202, "{fault:?}");
        world.until_state(&order, "unpayable").await;
        assert!(world.sandbox.order(&world.first_id(&order).await).unwrap().is_none(), "{fault:?}");
        world.call("POST", &format!("/orders/{order}/pay"), &json!({})).await;
        world.until_state(&order, "open").await;
        let second = world.payments(&order).await[0]["order_id"].as_str().unwrap().to_owned();
        let _ = world.sandbox.pay(&second).await.unwrap();
        world.until_paid_once(&order).await;
    }
    world.sandbox.add_fault(world.fault(Fault::Refuse, "active_pay").code("PARAM_ERROR")).unwrap();
    let (status, order) = world.order("19.99").await;
    assert_eq!(status, 502);
    world.until(&order, |shown| shown["remark"] == "ended", "the event").await;
    assert_eq!(world.shown(&order).await["shipped"], 0);
    world.sandbox.add_fault(world.fault(Fault::Delay, "active_pay").delay(Duration::from_millis(300))).unwrap();
    let (status, order) = world.order("19.99").await;
    assert_eq!((status, world.shown(&order).await["state"].as_str()), (201, Some("open")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_the_gateway_settles_later_is_found() {
    let world = World::new("processing").await;
    let fault = world.fault(Fault::Processing, "active_pay").delay(Duration::from_millis(300));
    world.sandbox.add_fault(fault).unwrap();
    let (_, order) = world.order("19.99").await;
    world.until_paid_once(&order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_that_are_doubled_late_altered_repeated_or_out_of_order_ship_once() {
    let world = World::of_callbacks("callbacks").await;
    for fault in [Fault::CallbackDuplicate, Fault::CallbackDelay, Fault::CallbackCorrupt, Fault::CallbackReplay] {
        world.sandbox.add_fault(PlannedFault::new(fault).delay(Duration::from_millis(200))).unwrap();
        let (_, order) = world.order("19.99").await;
        world.pay(&order).await;
        world.until_paid_once(&order).await;
    }
    world.sandbox.add_fault(Fault::CallbackOutOfOrder).unwrap();
    let (_, first) = world.order("1.00").await;
    let (_, second) = world.order("2.00").await;
    world.pay(&first).await;
    assert_eq!(world.shown(&first).await["state"], "open");
    world.pay(&second).await;
    world.until_paid_once(&second).await;
    world.until_paid_once(&first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_fails_is_repeated_and_loses_nothing() {
    let world = World::new("queries").await;
    let faults = [
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::Reset,
        Fault::Truncate,
        Fault::WrongDigest,
        Fault::BadGateway,
        Fault::Delay,
        Fault::Refuse,
    ];
    for fault in faults {
        let (_, order) = world.order("19.99").await;
        let fault = world.fault(fault, "status_query").times(2).delay(Duration::from_millis(300));
        world.sandbox.add_fault(fault).unwrap();
        world.pay(&order).await;
        world.until_paid_once(&order).await;
        world.sandbox.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_goes_back_once_whatever_becomes_of_its_reply() {
    let world = World::new("refunds").await;
    let (_, order) = world.order("100.00").await;
    world.pay(&order).await;
    world.until_paid_once(&order).await;
    let id = world.first_id(&order).await;
    // It is only assumed which query serves refunds, so a refund whose reply arrives has to prove it first.
    let (_, refund) = world.refund(&order, "1.00").await;
    world.until_refund(&order, &refund, "refunded").await;
    let mut given_back = 100;
    for fault in [Fault::DropAfter, Fault::Reset, Fault::Truncate, Fault::WrongDigest, Fault::Processing, Fault::Delay]
    {
        world.sandbox.add_fault(world.fault(fault, "refund").delay(Duration::from_millis(300))).unwrap();
        let (status, refund) = world.refund(&order, "1.00").await;
        assert_eq!(status, 202, "{fault:?}");
        world.until_refund(&order, &refund, "refunded").await;
        given_back += 100;
        assert_eq!(world.sandbox.order(&id).unwrap().unwrap().refunded().minor(), given_back, "{fault:?}");
    }
    assert_eq!(world.shown(&order).await["shipped"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_which_nothing_is_known_is_not_sent_again_and_holds_others_back() {
    let world = World::new("unknown-refunds").await;
    for fault in [Fault::DropBefore, Fault::BadGateway] {
        let (_, order) = world.order("100.00").await;
        world.pay(&order).await;
        world.until_paid_once(&order).await;
        world.sandbox.add_fault(world.fault(fault, "refund")).unwrap();
        let (status, refund) = world.refund(&order, "1.00").await;
        assert_eq!(status, 202, "{fault:?}");
        world.until_refund(&order, &refund, "unknown").await;
        assert_eq!(world.refund(&order, "1.00").await.0, 409, "{fault:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.until_refund(&order, &refund, "unknown").await;
        let refunds = world.sandbox.orders().unwrap().into_iter().filter(|order| order.kind() == OrderKind::Refund);
        assert_eq!(refunds.count(), 0, "{fault:?}");
    }
    let (_, order) = world.order("100.00").await;
    world.pay(&order).await;
    world.until_paid_once(&order).await;
    world.sandbox.add_fault(world.fault(Fault::Refuse, "refund").code("PARAM_ERROR")).unwrap();
    let (status, refund) = world.refund(&order, "1.00").await;
    assert_eq!(status, 409);
    world.until_refund(&order, &refund, "refund_failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_one_command_it_brings_its_own_gateway() {
    let program = Program::start(&[]);
    let line = program.first_line.trim_end();
    let (url, gateway) = line.strip_prefix("the shop is at ").and_then(|line| line.split_once("; pay at ")).unwrap();
    assert!(crate::common::get(&format!("{url}/")).await.1.contains("Buy with WeChat Pay"));
    assert_eq!(crate::common::get(&format!("{gateway}/sandbox/orders")).await, (200, "[]".to_owned()));
}
