//! Orders after their end: late payments, and a second order under one Checkout page.

use super::shared::{query, started};
use crate::common::{NOBODY, checkout, checkout_id, control, get, pay, shop};
use ottpay::{OrderId, StatusClass};
use ottpay_sandbox::{Act, SandboxError};
use serde_json::json;

#[tokio::test]
async fn an_order_that_ended_unpaid_stays_unpaid_or_is_paid_late() {
    for (assumption, is_paid) in [("late_payments=off", false), ("late_payments=on", true)] {
        let (sandbox, client) = started(assumption).await;
        let (url, bodies) = shop().await;
        for (id, end) in [("T1", Act::Expire), ("T2", Act::Decline), ("T3", Act::Cancel)] {
            pay(&client, id, 100, &url).await.unwrap();
            sandbox.act(id, end).await.unwrap();
            let ended = query(&client, id).await.order_status().class();
            assert!(matches!(ended, StatusClass::Closed | StatusClass::Failed), "{ended:?}");
            let (_, page) = get(&format!("{}/pay/{id}", sandbox.url())).await;
            assert_eq!(page.contains("value=\"pay\""), is_paid, "{page}");
            let paid = sandbox.pay(id).await;
            match is_paid {
                true => assert_eq!(query(&client, id).await.order_status().class(), StatusClass::Paid),
                false => {
                    assert!(matches!(paid, Err(SandboxError::WrongState { .. })), "{paid:?}");
                    assert_eq!(query(&client, id).await.order_status().class(), ended);
                }
            }
        }
        assert_eq!(bodies.lock().unwrap().len(), if is_paid { 3 } else { 0 }, "{assumption}");
        // Paid is paid.
        if is_paid {
            assert!(sandbox.pay("T1").await.is_err());
        }
    }
}

#[tokio::test]
async fn a_checkout_page_is_paid_once_or_twice() {
    for (assumption, orders) in [("checkout_orders=one", 1), ("checkout_orders=two", 2)] {
        let (sandbox, client) = started(assumption).await;
        let (url, bodies) = shop().await;
        checkout(&client, "P1", &url).await;
        let ask = async || client.prepay_query().prepay_order_id(checkout_id("P1")).send().await.unwrap();
        sandbox.pay("P1").await.unwrap();
        let first = ask().await;
        assert_eq!(sandbox.pay("P1").await.is_ok(), orders == 2, "{assumption}");
        let second = ask().await;
        assert_eq!(second.raw().text("prepay_order_id"), Some("P1"));
        assert_eq!(second.status().class(), StatusClass::Paid);
        assert_eq!(first.raw().text("order_id") != second.raw().text("order_id"), orders == 2, "{assumption}");
        assert_eq!((sandbox.orders().unwrap().len(), bodies.lock().unwrap().len()), (orders, orders));
        for body in bodies.lock().unwrap().clone() {
            let callback = client.checkout_callback(&body).unwrap();
            assert_eq!(callback.raw().text("prepay_order_id"), Some("P1"));
            let id = OrderId::new(callback.raw().text("order_id").unwrap()).unwrap();
            assert_eq!(sandbox.order(id.as_str()).unwrap().unwrap().checkout_id(), Some("P1"));
        }
        // Never a third one.
        assert!(sandbox.pay("P1").await.is_err());
        pay(&client, "T1", 1, NOBODY).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        assert!(sandbox.pay("T1").await.is_err(), "an order without a page is paid once");
    }
}

#[tokio::test]
async fn a_second_order_that_was_not_paid_is_paid_by_the_next_call() {
    let (sandbox, client) = started("checkout_orders=two").await;
    checkout(&client, "P1", NOBODY).await;
    sandbox.pay("P1").await.unwrap();
    let (status, _) = control(&sandbox, "POST", "/orders/P1/pay", json!({ "tip": "1000000000000001" })).await;
    assert_eq!(status, 400);
    sandbox.pay("P1").await.unwrap();
    assert_eq!(sandbox.orders().unwrap().len(), 2);
}
