//! How many requests have arrived, for the assertions of a test.

use crate::common::{NOBODY, checkout, control, exchange, order, pay, started};
use ottpay_sandbox::{Fault, PlannedFault, SandboxError};
use serde_json::{Value, json};

#[tokio::test]
async fn requests_are_counted_by_action_order_and_outcome() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    // The id is used.
    assert!(pay(&client, "T1", 100, NOBODY).await.is_err());
    pay(&client, "T2", 100, NOBODY).await.unwrap();
    client.status_query().order_id(order("T1")).send().await.unwrap();
    let received = |action: &str| sandbox.received(action);
    for action in ["ACTIVEPAY", "active_pay"] {
        assert_eq!(received(action).count().unwrap(), 3);
        assert_eq!(received(action).order_id("T1").count().unwrap(), 2);
        assert_eq!(received(action).order_id("T1").accepted().count().unwrap(), 1);
        assert_eq!(received(action).order_id("T1").refused().count().unwrap(), 1);
        assert_eq!(received(action).order_id("T3").count().unwrap(), 0);
    }
    received("STATUS_QUERY").expect(1).unwrap();
    received("REFUND").expect(0).unwrap();
    let error = received("ACTIVEPAY").refused().order_id("T1").expect(2).unwrap_err();
    assert!(matches!(error, SandboxError::Received { expected: 2, received: 1, .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("expected 2 of refused ACTIVEPAY requests about the order T1, received 1"), "{text}");
    assert!(matches!(received("ACTIVPAY").count(), Err(SandboxError::NoSuchAction { .. })));
    // Callbacks are not received, but sent.
    sandbox.pay("T2").await.unwrap();
    received("ACTIVEPAY").expect(3).unwrap();
}

#[tokio::test]
async fn a_request_that_a_fault_keeps_from_the_gateway_is_not_accepted() {
    let (sandbox, client) = started().await;
    sandbox.add_fault(Fault::DropBefore).unwrap();
    assert!(pay(&client, "T1", 100, NOBODY).await.is_err());
    sandbox.add_fault(PlannedFault::new(Fault::DropAfter).action("ACTIVEPAY")).unwrap();
    assert!(pay(&client, "T2", 100, NOBODY).await.is_err());
    let received = sandbox.received("ACTIVEPAY");
    assert_eq!(received.count().unwrap(), 2);
    sandbox.received("ACTIVEPAY").refused().order_id("T1").expect(1).unwrap();
    sandbox.received("ACTIVEPAY").accepted().order_id("T2").expect(1).unwrap();
}

#[tokio::test]
async fn the_control_interface_counts_the_same() {
    let (sandbox, client) = started().await;
    checkout(&client, "P1", NOBODY).await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    assert!(pay(&client, "T1", 100, NOBODY).await.is_err());
    let counts = async |query: &str| control(&sandbox, "GET", &format!("/received{query}"), Value::Null).await;
    let all = |accepted: u64, refused: u64| {
        (200, json!({ "received": accepted + refused, "accepted": accepted, "refused": refused }))
    };
    // A request that was refused before handling is not counted.
    assert_eq!(exchange(sandbox.url(), "GET", "/nothing", Vec::new()).await.0, 404);
    assert_eq!(counts("").await, all(2, 1));
    assert_eq!(counts("?action=ACTIVEPAY").await, all(1, 1));
    assert_eq!(counts("?action=active_pay&order_id=T1").await, all(1, 1));
    assert_eq!(counts("?order_id=P1").await, all(1, 0));
    assert_eq!(counts("?action=refund").await, all(0, 0));
    let (status, error) = counts("?action=ACTIVPAY").await;
    assert!(status == 400 && error["error"].as_str().unwrap().contains("unknown action ACTIVPAY"), "{error}");
    assert_eq!(counts("?order=T1").await.0, 400);
}
