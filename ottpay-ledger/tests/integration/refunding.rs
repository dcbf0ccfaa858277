//! Refunds are checked against their payment before they are sent, one at a time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::Outcome;
use ottpay_ledger::SendError;
use ottpay_sandbox::{Fault, PlannedFault};

use crate::common::{Shop, reference};

#[tokio::test]
async fn a_refund_is_noted_only_against_a_payment_that_the_ledger_knows_as_paid() {
    let shop = Shop::open().await;
    let error = shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotRefundable(_)), "{error}");
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    let posts = shop.wire.posts();
    let error = shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotRefundable(_)), "{error}");
    assert_eq!(shop.wire.posts(), posts, "nothing went out");
}

#[tokio::test]
async fn more_than_was_paid_is_not_given_back() {
    let shop = Shop::paid().await;
    let error = shop.ledger.send(&shop.refund("R1", "T1", 2000), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundTooLarge { left, .. } if left.minor() == 1999), "{error}");
    shop.store.run("UPDATE ottpay_orders SET refunded = 1500 WHERE id = 'T1'").await;
    let error = shop.ledger.send(&shop.refund("R1", "T1", 500), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundTooLarge { left, .. } if left.minor() == 499), "{error}");
    assert_eq!(shop.sandbox.order("T1").unwrap().unwrap().refunded().minor(), 0);
}

#[tokio::test]
async fn rule_7_one_refund_of_a_payment_is_in_flight_at_a_time() {
    let shop = Arc::new(Shop::paid().await);
    let refund = |number: u32| {
        let shop = Arc::clone(&shop);
        tokio::spawn(async move {
            shop.ledger.send(&shop.refund(&format!("R{number}"), "T1", 1000), &reference("cart 1")).await
        })
    };
    let tasks: Vec<_> = (0..8).map(refund).collect();
    let mut sent = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => sent += 1,
            Err(error) => assert!(matches!(error, SendError::RefundInFlight { .. }), "{error}"),
        }
    }
    assert_eq!((sent, shop.sandbox.order("T1").unwrap().unwrap().refunded().minor()), (1, 1000));
}

#[tokio::test]
async fn the_total_given_back_before_is_stored_with_a_refund() {
    let shop = Shop::paid().await;
    shop.client.send(&shop.refund("ELSEWHERE", "T1", 300)).await.unwrap();
    shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap();
    let tracked = shop.store.text("SELECT tracked FROM ottpay_orders WHERE id = 'R1'").await;
    assert!(tracked.contains(r#""refunded_before":300"#), "{tracked}");
}

/// Between the query and the note, another refund could succeed, and its total would be mistaken for this one's.
#[tokio::test]
async fn the_total_given_back_before_is_asked_for_once_the_refund_is_in_flight() {
    let shop = Shop::paid().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (store, noted) = (shop.store.clone(), Arc::clone(&seen));
    shop.wire.before(move |body| {
        let (store, noted, body) = (store.clone(), Arc::clone(&noted), body.to_owned());
        Box::pin(async move {
            let state = store.rows("SELECT state FROM ottpay_orders WHERE id = 'R1' AND ended_at IS NULL").await.len();
            noted.lock().unwrap().push((body.contains("STATUS_QUERY"), state));
        })
    });
    shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [(true, 1), (false, 1)], "in flight at the query and at the refund");
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn a_refund_is_sent_within_its_time_and_has_all_of_it_for_its_exchange() {
    // It is noted for 70 seconds.
    for (seconds, is_sent) in [(60, true), (80, false)] {
        let shop = Shop::paid().await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (ledger, store, times) = (shop.ledger.clone(), shop.store.clone(), Arc::clone(&seen));
        shop.wire.before(move |body| {
            let (ledger, store, times) = (ledger.clone(), store.clone(), Arc::clone(&times));
            let is_query = body.contains("STATUS_QUERY");
            Box::pin(async move {
                let until = store.text("SELECT sending_until FROM ottpay_orders WHERE id = 'R1'").await;
                times.lock().unwrap().push(until.parse::<i64>().unwrap());
                if is_query {
                    ledger.advance(Duration::from_secs(seconds));
                }
            })
        });
        let sent = shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await;
        let (times, refunded) = (seen.lock().unwrap().clone(), shop.sandbox.order("T1").unwrap().unwrap().refunded());
        if is_sent {
            sent.unwrap();
            assert!(times[1] - times[0] >= 20_000, "{times:?}");
            assert_eq!(refunded.minor(), 100);
        } else {
            let error = sent.unwrap_err();
            assert!(matches!(error, SendError::NotNoted(_)), "{error}");
            assert_eq!((times.len(), refunded.minor(), shop.state("R1").await.as_str()), (1, 0, "not_sent"));
        }
    }
}

#[tokio::test]
async fn a_refund_is_sent_without_an_earlier_total_if_the_gateway_refuses_to_state_one() {
    let shop = Shop::paid().await;
    shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).action("status_query").code("PARAM_ERROR")).unwrap();
    shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap();
    let tracked = shop.store.text("SELECT tracked FROM ottpay_orders WHERE id = 'R1'").await;
    assert!(tracked.contains(r#""refunded_before":null"#), "{tracked}");
    assert_eq!(shop.sandbox.order("T1").unwrap().unwrap().refunded().minor(), 100);
}

#[tokio::test]
async fn a_refund_whose_payment_cannot_be_asked_about_is_not_sent_and_holds_up_no_other() {
    let shop = Shop::paid().await;
    shop.sandbox.add_fault(PlannedFault::new(Fault::DropBefore).action("status_query")).unwrap();
    let error = shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotAsked(_)), "{error}");
    assert_eq!((error.outcome(), shop.state("R1").await.as_str()), (Outcome::NotSent, "not_sent"));
    shop.ledger.send(&shop.refund("R2", "T1", 100), &reference("cart 1")).await.unwrap();
    shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap_err();
}
