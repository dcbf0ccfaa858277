//! Requests that a handler notes are sent after its transaction is committed.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use ottpay::transport::TransportErrorKind;
use ottpay_ledger::Kind;

use crate::common::{Shared, reference};
use crate::handled::{Following, eventually, on_each_database, write};

on_each_database![
    rule_10_a_request_noted_in_a_handler_is_sent_once_after_the_commit,
    a_noted_request_that_cannot_leave_is_failing,
    a_noted_request_that_can_never_leave_is_parked,
    a_noted_request_that_cannot_be_restored_is_parked,
    a_noted_refund_whose_payment_cannot_be_asked_about_is_tried_again,
];

async fn rule_10_a_request_noted_in_a_handler_is_sent_once_after_the_commit(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let (refund, calls) = (shop.shop.refund("R1", "T1", 500), Arc::clone(&shop.calls));
    tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let (refund, calls) = (refund.clone(), Arc::clone(&calls));
        async move {
            calls.lock().unwrap().push(event.clone());
            write(&event, &mut tx).await?;
            if let Kind::Paid(_) = &event.kind {
                tx.send_later(&refund, &event.reference).await?;
            }
            let is_first = calls.lock().unwrap().len() == 1;
            if is_first { Err(std::fmt::Error.into()) } else { Ok(tx) }
        }
    }));
    eventually("it has failed", async || {
        !shop.text("SELECT COALESCE(failure, '') FROM ottpay_orders").await.is_empty()
    })
    .await;
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_orders WHERE id = 'R1'").await, "0", "it was not noted");
    shop.shop.ledger.advance(Duration::from_secs(2));
    assert_eq!(shop.until_written(1).await[0], "paid T1 2");
    let refunded = || shop.shop.sandbox.order("T1").unwrap().unwrap().refunded().minor();
    eventually("it is sent", async || refunded() == 500).await;
    for _ in 0..8 {
        shop.shop.ledger.advance(Duration::from_secs(1800));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert_eq!(shop.text("SELECT sends FROM ottpay_orders WHERE id = 'R1'").await, "1");
    assert_eq!(refunded(), 500);
}

/// A shop whose handler notes the order `T2`, which the wire then keeps back.
async fn noted_and_cut(store: Shared, why: TransportErrorKind) -> Following {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let (request, wire) = (shop.shop.qr_code("T2"), shop.shop.wire.clone());
    tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let (request, wire) = (request.clone(), wire.clone());
        async move {
            write(&event, &mut tx).await?;
            if event.order_id == "T1" {
                tx.send_later(&request, &reference("cart 2")).await?;
                wire.cut(Some(why));
            }
            Ok(tx)
        }
    }));
    shop.until_written(1).await;
    shop
}

async fn a_noted_request_that_cannot_leave_is_failing(store: Shared) {
    let shop = noted_and_cut(store, TransportErrorKind::NotSent).await;
    let failures =
        "SELECT tries FROM ottpay_orders WHERE id = 'T2' AND failing_since IS NOT NULL AND turn_until IS NULL";
    for tries in 1..=4 {
        eventually("it has failed", async || {
            let rows = shop.shop.store.rows(failures).await;
            rows.first().is_some_and(|row| row.get::<i64>(0).unwrap() == tries)
        })
        .await;
        shop.shop.ledger.advance(Duration::from_secs(300));
    }
    eventually("people are told", async || shop.alerts() == ["failing"]).await;
    // Between two attempts: during one, the reason for the last is empty.
    let between = "SELECT failure, tracked FROM ottpay_orders WHERE id = 'T2' AND failure IS NOT NULL";
    let found = RefCell::new(Vec::new());
    eventually("the reason is stored", async || {
        found.replace(shop.shop.store.rows(between).await);
        !found.borrow().is_empty()
    })
    .await;
    let column = |index| found.borrow()[0].get::<String>(index).unwrap();
    assert!(column(0).contains("the test has cut the wire"), "{}", column(0));
    assert_eq!(column(1).matches("not_sent").count(), 1, "{}", column(1));
    shop.shop.wire.cut(None);
    shop.shop.ledger.advance(Duration::from_secs(900));
    eventually("it is sent", async || shop.shop.state("T2").await == "open").await;
    eventually("it is well", async || {
        shop.text("SELECT COALESCE(failing_since, 0) FROM ottpay_orders WHERE id = 'T2'").await == "0"
    })
    .await;
}

async fn a_noted_request_that_can_never_leave_is_parked(store: Shared) {
    let shop = noted_and_cut(store, TransportErrorKind::Never).await;
    let parked = "SELECT failure FROM ottpay_orders WHERE id = 'T2' AND parked_at IS NOT NULL";
    eventually("it is parked", async || !shop.shop.store.rows(parked).await.is_empty()).await;
    assert!(shop.text(parked).await.contains("the test says never"));
    assert_eq!((shop.shop.state("T2").await.as_str(), shop.alerts()), ("not_sent", vec!["parked"]));
}

async fn a_noted_request_that_cannot_be_restored_is_parked(store: Shared) {
    let shop = noted_and_cut(store, TransportErrorKind::NotSent).await;
    let failing = "SELECT 1 FROM ottpay_orders WHERE id = 'T2' AND failing_since IS NOT NULL";
    eventually("it has failed", async || !shop.shop.store.rows(failing).await.is_empty()).await;
    let posts = shop.shop.wire.posts();
    shop.run("UPDATE ottpay_orders SET request = '{}' WHERE id = 'T2'").await;
    shop.shop.wire.cut(None);
    shop.shop.ledger.advance(Duration::from_secs(900));
    let parked = "SELECT failure FROM ottpay_orders WHERE id = 'T2' AND parked_at IS NOT NULL";
    eventually("it is parked", async || !shop.shop.store.rows(parked).await.is_empty()).await;
    assert!(shop.text(parked).await.starts_with("cannot restore the request"));
    assert_eq!(shop.shop.wire.posts(), posts);
}

async fn a_noted_refund_whose_payment_cannot_be_asked_about_is_tried_again(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let (refund, wire) = (shop.shop.refund("R1", "T1", 500), shop.shop.wire.clone());
    tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let (refund, wire) = (refund.clone(), wire.clone());
        async move {
            write(&event, &mut tx).await?;
            if let Kind::Paid(_) = &event.kind {
                tx.send_later(&refund, &event.reference).await?;
                wire.cut(Some(TransportErrorKind::NotSent));
            }
            Ok(tx)
        }
    }));
    let failing = "SELECT failure FROM ottpay_orders WHERE id = 'R1' AND failing_since IS NOT NULL";
    eventually("it has failed", async || !shop.shop.store.rows(failing).await.is_empty()).await;
    assert_eq!(shop.text("SELECT COALESCE(parked_at, 0) FROM ottpay_orders WHERE id = 'R1'").await, "0");
    shop.shop.wire.cut(None);
    shop.shop.ledger.advance(Duration::from_secs(900));
    let refunded = || shop.shop.sandbox.order("T1").unwrap().unwrap().refunded().minor();
    eventually("it is sent", async || refunded() == 500).await;
}
