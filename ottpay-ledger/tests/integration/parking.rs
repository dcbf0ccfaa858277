//! Orders that fail for too long are parked, and a person retries them with the state at that time.

use std::time::{Duration, SystemTime};

use ottpay_ledger::Fail;

use crate::common::Shared;
use crate::handled::{Deed, Following, eventually, on_each_database};

on_each_database![
    rule_12_an_order_that_fails_for_a_day_is_parked_and_not_earlier,
    a_permanent_failure_parks_immediately_and_holds_back_later_events,
    rule_12_replay_delivers_the_current_result,
    every_parked_order_is_replayed_at_once,
    a_handler_that_ends_its_process_again_and_again_is_parked,
    a_callback_counts_although_its_turn_fails,
    an_order_that_cannot_be_read_is_parked_and_ends_no_worker,
];

const PARKED: &str = "SELECT COUNT(*) FROM ottpay_orders WHERE parked_at IS NOT NULL";

async fn rule_12_an_order_that_fails_for_a_day_is_parked_and_not_earlier(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|_, _| Deed::Fail(std::fmt::Error.into())));
    let mut hours = 0;
    for calls in 1..=15 {
        eventually("it has failed", async || {
            shop.calls() == calls && shop.text("SELECT turn_until FROM ottpay_orders").await == "NULL"
        })
        .await;
        assert_eq!(shop.text(PARKED).await, "0", "after {calls} attempts in {hours} hours");
        // Fourteen attempts in less than a day, and the fifteenth a little before its end.
        let more = if calls < 15 { 100 } else { 24 * 60 - 14 * 100 + 1 };
        shop.shop.ledger.advance(Duration::from_secs(more * 60));
        hours += more / 60;
    }
    eventually("it is parked", async || shop.text(PARKED).await == "1").await;
    assert_eq!(shop.calls(), 16);
    assert_eq!(shop.alerts(), ["failing", "parked"], "people were told when it began to last, and at the end");
}

async fn a_permanent_failure_parks_immediately_and_holds_back_later_events(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|_, call| match call {
        1 => Deed::Fail(Fail::permanent("no such product")),
        _ => Deed::Write,
    }));
    eventually("it is parked", async || shop.text(PARKED).await == "1").await;
    assert_eq!(shop.text("SELECT failure FROM ottpay_orders").await, "no such product");
    shop.shop.client.send(&shop.shop.refund("ELSEWHERE", "T1", 300)).await.unwrap();
    shop.hint("T1").await;
    shop.shop.ledger.advance(Duration::from_secs(24 * 3600));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((shop.calls(), shop.text("SELECT seen - taken FROM ottpay_hints").await.as_str()), (1, "1"));
    assert!(!shop.shop.ledger.replay("T9").await.unwrap());
    assert!(shop.shop.ledger.replay("T1").await.unwrap());
    assert_eq!(shop.until_written(2).await, ["paid T1 1", "refunded T1 1"]);
    assert_eq!(shop.text(PARKED).await, "0");
}

async fn rule_12_replay_delivers_the_current_result(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|_, call| match call {
        1 => Deed::Fail(Fail::permanent("no such product")),
        _ => Deed::Write,
    }));
    eventually("it is parked", async || shop.text(PARKED).await == "1").await;
    shop.shop.client.send(&shop.shop.refund("ELSEWHERE", "T1", 1999)).await.unwrap();
    assert!(shop.shop.ledger.replay("T1").await.unwrap());
    assert_eq!(shop.until_written(1).await, ["given_back T1 1"], "no goods leave for money that is gone");
}

async fn every_parked_order_is_replayed_at_once(store: Shared) {
    let shop = Following::open(store).await;
    for id in ["T1", "T2", "T3"] {
        shop.paid(id, id).await;
        shop.hint(id).await;
    }
    let _worker = shop.work_with(Box::new(|_, call| match call {
        1..=3 => Deed::Fail(Fail::permanent("no such product")),
        _ => Deed::Write,
    }));
    eventually("all are parked", async || shop.text(PARKED).await == "3").await;
    let later = SystemTime::now() + Duration::from_secs(3600);
    assert_eq!(shop.shop.ledger.replay_all(Some(later)).await.unwrap(), 0);
    assert_eq!(shop.shop.ledger.replay_all(Some(SystemTime::now() - Duration::from_secs(3600))).await.unwrap(), 3);
    assert_eq!(shop.until_written(3).await.len(), 3);
    assert_eq!(shop.shop.ledger.replay_all(None).await.unwrap(), 0);
}

async fn a_handler_that_ends_its_process_again_and_again_is_parked(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    for calls in 1..=10 {
        let worker = shop.work_with(Box::new(|_, _| Deed::Hang));
        eventually("the handler runs", async || shop.calls() == calls).await;
        worker.abort();
        let _ = worker.await;
        shop.shop.ledger.advance(Duration::from_secs(3 * 3600));
    }
    let _worker = shop.work_with(Box::new(|_, _| Deed::Hang));
    eventually("it is parked", async || shop.text(PARKED).await == "1").await;
    assert_eq!(shop.calls(), 10, "before the handler runs once more");
}

async fn a_callback_counts_although_its_turn_fails(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.run("UPDATE ottpay_orders SET alive_at = 1000").await;
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|_, _| Deed::Fail(Fail::permanent("no such product"))));
    eventually("it is parked", async || shop.text(PARKED).await == "1").await;
    let heard = "SELECT o.alive_at - h.last_at FROM ottpay_orders AS o JOIN ottpay_hints AS h ON h.id = o.id
                 WHERE o.id = 'T1'";
    assert_eq!(shop.text(heard).await, "0", "its schedule begins again");
    // One that is asked about only after a callback.
    shop.paid("T2", "cart 2").await;
    shop.run("UPDATE ottpay_orders SET state = 'not_sent', next_at = NULL, tracked = '{' || tracked WHERE id = 'T2'")
        .await;
    shop.hint("T2").await;
    eventually("it is parked", async || shop.text(PARKED).await == "2").await;
    shop.run("UPDATE ottpay_orders SET tracked = SUBSTR(tracked, 2) WHERE id = 'T2'").await;
    assert!(shop.shop.ledger.replay("T2").await.unwrap());
    eventually("its callback is not forgotten", async || shop.calls() == 2).await;
    assert_eq!(shop.calls.lock().unwrap()[1].kind.as_str(), "conflict");
}

async fn an_order_that_cannot_be_read_is_parked_and_ends_no_worker(store: Shared) {
    let shop = Following::open(store).await;
    for id in ["T1", "T2", "T3"] {
        shop.paid(id, id).await;
        shop.hint(id).await;
    }
    shop.run("UPDATE ottpay_orders SET state = 'of_a_later_version' WHERE id IN ('T1', 'T3')").await;
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["paid T2 1"]);
    assert_eq!((shop.text(PARKED).await.as_str(), shop.alerts()), ("2", vec!["parked", "parked"]));
    shop.run("UPDATE ottpay_orders SET state = 'open' WHERE id = 'T1'").await;
    assert!(shop.shop.ledger.replay("T1").await.unwrap());
    assert_eq!(shop.until_written(2).await, ["paid T2 1", "paid T1 1"]);
    // A statement that cannot be run at all ends the worker and raises an alert.
    let worker = shop.work();
    shop.run("DROP TABLE ottpay_hints").await;
    eventually("it has ended", async || worker.is_finished()).await;
    assert!(worker.await.unwrap().is_err());
    assert!(shop.alerts().contains(&"store"), "{:?}", shop.alerts());
}
