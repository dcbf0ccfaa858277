//! The worker hands each event over once, whatever the handler does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::Outcome;
use ottpay_ledger::store::{Dialect, Store as _, StoreErrorKind};
use ottpay_ledger::{Kind, Ledger, SendError, Tx};
use ottpay_sandbox::{Fault, PlannedFault};

use crate::common::{Shared, reference};
use crate::handled::{Deed, Following, eventually, on_each_database, write};

on_each_database![
    rule_13_a_payment_is_handed_over_once_although_many_see_it,
    a_silent_order_is_asked_about_by_schedule,
    a_handler_that_fails_is_called_again_and_nothing_of_it_stays,
    a_handler_that_panics_or_hangs_is_rolled_back,
    a_handler_without_a_limit_has_an_hour,
    rule_10_a_handler_that_ends_its_transaction_is_parked,
    a_transaction_of_another_event_is_not_accepted,
    rule_13_events_of_one_order_are_delivered_in_sequence,
    rule_6_a_second_payment_of_a_reference_is_not_a_payment,
    a_worker_that_dies_in_a_handler_is_counted,
    a_reply_whose_time_is_over_is_lost_and_followed,
    a_handler_reads_in_its_transaction_and_may_go_on_after_a_failed_statement,
    a_request_is_not_sent_inside_of_a_handler,
    rule_17_a_worker_that_is_stopped_finishes_its_handlers,
    a_worker_without_work_reads_once_a_second,
    a_store_that_is_away_is_waited_for,
    a_database_that_fails_after_a_handler_parks_no_order,
    a_completed_refund_is_reported_and_counted,
];

async fn rule_13_a_payment_is_handed_over_once_although_many_see_it(store: Shared) {
    let shop = Following::open(store).await;
    for number in 0..8 {
        shop.paid(&format!("T{number}"), &format!("cart {number}")).await;
        shop.hint(&format!("T{number}")).await;
    }
    let other = Ledger::open(shop.shop.store.clone(), [shop.shop.client.clone()]).await.unwrap();
    let workers = [shop.work(), shop.work(), shop.work_on(&other, Box::new(|_, _| Deed::Write))];
    for _ in 0..3 {
        shop.shop.ledger.advance(Duration::from_secs(20));
        other.advance(Duration::from_secs(20));
        for number in 0..8 {
            shop.hint(&format!("T{number}")).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Where a handler is slow, its lease ends by the moved clock, and its second attempt is the one that stays.
    let without_attempt = |line: &str| line.rsplit_once(' ').map(|(event, _)| event.to_owned());
    let mut written: Vec<_> = shop.until_written(8).await.iter().filter_map(|line| without_attempt(line)).collect();
    written.sort();
    let expected: Vec<_> = (0..8).map(|number| format!("paid T{number}")).collect();
    assert_eq!(written, expected);
    shop.shop.ledger.stop();
    other.stop();
    for worker in workers {
        worker.await.unwrap().unwrap();
    }
    let left = shop.text("SELECT COUNT(*) FROM ottpay_events WHERE done_at IS NULL OR folded = 0").await;
    assert_eq!(left, "0");
}

async fn a_silent_order_is_asked_about_by_schedule(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    let _worker = shop.work();
    shop.shop.ledger.advance(Duration::from_secs(6));
    eventually("it is asked about", async || shop.text("SELECT asked FROM ottpay_orders").await == "1").await;
    assert_eq!(shop.text("SELECT state FROM ottpay_orders").await, "open");
    shop.shop.sandbox.pay("T1").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.calls(), 0, "no callback came, and its time has not");
    shop.shop.ledger.advance(Duration::from_secs(10));
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
}

async fn a_handler_that_fails_is_called_again_and_nothing_of_it_stays(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|_, call| match call {
        1 | 2 => Deed::Fail(std::fmt::Error.into()),
        _ => Deed::Write,
    }));
    eventually("it has failed", async || shop.text("SELECT tries FROM ottpay_orders").await == "1").await;
    eventually("it is noted", async || shop.text("SELECT failure FROM ottpay_orders").await != "NULL").await;
    assert_eq!(shop.written().await, [""; 0], "it was rolled back");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_events").await, "0");
    shop.hint("T1").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.calls(), 1, "a callback does not shorten the time");
    shop.shop.ledger.advance(Duration::from_secs(2));
    eventually("it has failed again", async || shop.calls() == 2).await;
    eventually("it is noted", async || shop.text("SELECT turn_until FROM ottpay_orders").await == "NULL").await;
    shop.shop.ledger.advance(Duration::from_secs(3));
    assert_eq!(shop.until_written(1).await, ["paid T1 3"]);
    assert_eq!(shop.text("SELECT tries FROM ottpay_orders").await, "0");
    assert_eq!(shop.text("SELECT failing_since FROM ottpay_orders").await, "NULL");
    let keys: Vec<_> = shop.calls.lock().unwrap().iter().map(|event| event.key).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "each attempt has the same key");
}

async fn a_handler_that_panics_or_hangs_is_rolled_back(store: Shared) {
    let shop = Following::with(store, Duration::from_millis(300)).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|_, call| match call {
        1 => Deed::Panic,
        2 => Deed::Hang,
        _ => Deed::Write,
    }));
    let failure = "SELECT COALESCE(failure, '') FROM ottpay_orders";
    eventually("it has panicked", async || shop.text(failure).await == "the handler panicked").await;
    shop.shop.ledger.advance(Duration::from_secs(2));
    eventually("it hangs", async || shop.text(failure).await == "the handler exceeded its limit of 300 ms").await;
    shop.shop.ledger.advance(Duration::from_secs(3));
    assert_eq!(shop.until_written(1).await, ["paid T1 3"]);
}

async fn a_handler_without_a_limit_has_an_hour(store: Shared) {
    let shop = Following::with(store, Duration::MAX).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
}

async fn rule_10_a_handler_that_ends_its_transaction_is_parked(store: Shared) {
    let shop = Following::open(store).await;
    let deeds = ["COMMIT", "ROLLBACK", "RELEASE SAVEPOINT ottpay_handler"];
    let _worker = shop.work_with(Box::new(move |_, call| match call {
        1..=3 => Deed::Run(deeds[call - 1]),
        _ => Deed::Write,
    }));
    for (number, deed) in deeds.into_iter().enumerate() {
        let id = format!("T{number}");
        shop.paid(&id, &id).await;
        shop.hint(&id).await;
        let parked = format!("SELECT failure FROM ottpay_orders WHERE id = '{id}' AND parked_at IS NOT NULL");
        eventually("it is parked", async || !shop.shop.store.rows(&parked).await.is_empty()).await;
        assert!(shop.text(&parked).await.starts_with("HandlerEndedTransaction"), "{deed}");
        assert_eq!(shop.alerts().len(), number + 1, "{deed}");
    }
    assert_eq!(shop.written().await, [""; 0], "nothing of it was committed");
    for number in 0..3 {
        shop.hint(&format!("T{number}")).await;
    }
    shop.shop.ledger.advance(Duration::from_secs(3600));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.calls(), 3, "what is parked is left alone");
    assert_eq!(shop.shop.ledger.replay_all(None).await.unwrap(), 3);
    assert_eq!(shop.until_written(3).await.len(), 3);
}

async fn a_transaction_of_another_event_is_not_accepted(store: Shared) {
    // On SQLite there is one transaction at a time, so two handlers never have one at once.
    if store.dialect() == Dialect::Sqlite {
        return;
    }
    let shop = Following::open(store).await;
    for id in ["T1", "T2"] {
        shop.paid(id, id).await;
        shop.hint(id).await;
    }
    let kept: Arc<Mutex<Vec<Tx>>> = Arc::default();
    let exchange = Arc::clone(&kept);
    tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let exchange = Arc::clone(&exchange);
        async move {
            write(&event, &mut tx).await?;
            exchange.lock().unwrap().push(tx);
            while exchange.lock().unwrap().len() < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            let other = if event.order_id == "T1" { 1 } else { 0 };
            let mut kept = exchange.lock().unwrap();
            let other = other.min(kept.len() - 1);
            Ok(kept.remove(other))
        }
    }));
    let parked = "SELECT COUNT(*) FROM ottpay_orders WHERE parked_at IS NOT NULL";
    eventually("both are parked or done", async || {
        let done: usize = shop.written().await.len();
        shop.text(parked).await == (2 - done).to_string()
    })
    .await;
    for row in shop.written().await {
        assert!(row.starts_with("paid"), "{row}");
    }
}

async fn rule_13_events_of_one_order_are_delivered_in_sequence(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.shop.client.send(&shop.shop.refund("ELSEWHERE", "T1", 300)).await.unwrap();
    shop.hint("T1").await;
    let _worker = shop.work_with(Box::new(|event, call| match (&event.kind, call) {
        // The first attempt at the second event fails.
        (Kind::Refunded(_), 2) => Deed::Fail(std::fmt::Error.into()),
        _ => Deed::Write,
    }));
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
    eventually("it has failed", async || {
        !shop.text("SELECT COALESCE(failure, '') FROM ottpay_orders").await.is_empty()
    })
    .await;
    shop.shop.ledger.advance(Duration::from_secs(2));
    assert_eq!(shop.until_written(2).await, ["paid T1 1", "refunded T1 2"]);
    assert_eq!(shop.text("SELECT refunded FROM ottpay_orders").await, "300");
}

async fn rule_6_a_second_payment_of_a_reference_is_not_a_payment(store: Shared) {
    let shop = Following::open(store).await;
    for id in ["T1", "T2", "T3"] {
        shop.paid(id, "cart 1").await;
        shop.hint(id).await;
    }
    let _worker = shop.work();
    let written = shop.until_written(3).await;
    assert_eq!(written.iter().filter(|row| row.starts_with("paid T")).count(), 1, "{written:?}");
    assert_eq!(written.iter().filter(|row| row.starts_with("paid_again")).count(), 2, "{written:?}");
    assert_eq!(shop.alerts(), ["decide", "decide"]);
}

async fn a_worker_that_dies_in_a_handler_is_counted(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let worker = shop.work_with(Box::new(|_, _| Deed::Hang));
    eventually("the handler runs", async || shop.calls() == 1).await;
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    let _worker = shop.work();
    shop.hint("T1").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.calls(), 1, "its turn is not over");
    shop.shop.ledger.advance(Duration::from_secs(3600));
    assert_eq!(shop.until_written(1).await, ["paid T1 2"]);
}

async fn a_reply_whose_time_is_over_is_lost_and_followed(store: Shared) {
    let shop = Following::open(store).await;
    let away = shop.shop.store.clone();
    shop.shop.wire.after(move |_| {
        away.set_away(true);
        Box::pin(async {})
    });
    let error = shop.shop.ledger.send(&shop.shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    shop.shop.wire.after(|_| Box::pin(async {}));
    shop.shop.store.set_away(false);
    let _worker = shop.work();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.shop.state("T1").await, "sending", "its reply may still come");
    shop.shop.ledger.advance(Duration::from_secs(60));
    eventually("it is lost", async || shop.shop.state("T1").await == "unpayable").await;
    // A buyer has paid it anyway.
    shop.shop.sandbox.pay("T1").await.unwrap();
    shop.shop.ledger.advance(Duration::from_secs(3600));
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
}

async fn a_handler_reads_in_its_transaction_and_may_go_on_after_a_failed_statement(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let (read, told) = (Arc::new(Mutex::new(Vec::new())), shop.shop.store.dialect());
    let kinds = Arc::clone(&read);
    tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let kinds = Arc::clone(&kinds);
        async move {
            write(&event, &mut tx).await?;
            assert_eq!(format!("{tx:?}"), "Tx { .. }");
            for row in tx.query("SELECT kind FROM shop_events", &[]).await? {
                kinds.lock().unwrap().push(row.get::<String>(0)?);
            }
            // PostgreSQL rejects everything that follows.
            if told == Dialect::Sqlite {
                tx.execute("INSERT INTO nowhere VALUES (1)", &[]).await.unwrap_err();
            }
            Ok(tx)
        }
    }));
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
    assert_eq!((shop.alerts(), read.lock().unwrap().as_slice()), (vec![], &["paid".to_owned()][..]));
}

async fn a_request_is_not_sent_inside_of_a_handler(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let (ledger, request, said) = (shop.shop.ledger.clone(), shop.shop.qr_code("T2"), Arc::new(Mutex::new(None)));
    let saying = Arc::clone(&said);
    tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let (ledger, request, saying) = (ledger.clone(), request.clone(), Arc::clone(&saying));
        async move {
            let error = ledger.send(&request, &reference("cart 2")).await.unwrap_err();
            let read = ledger.view(&reference("cart 1")).await;
            *saying.lock().unwrap() = Some(matches!(error, SendError::InsideHandler) && read.is_err());
            write(&event, &mut tx).await?;
            Ok(tx)
        }
    }));
    shop.until_written(1).await;
    assert_eq!(*said.lock().unwrap(), Some(true));
}

async fn rule_17_a_worker_that_is_stopped_finishes_its_handlers(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let (sender, began) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(shop.shop.ledger.run(move |event, mut tx| {
        let sender = sender.clone();
        async move {
            sender.send_replace(true);
            tokio::time::sleep(Duration::from_millis(200)).await;
            write(&event, &mut tx).await?;
            Ok(tx)
        }
    }));
    let mut began = began;
    began.wait_for(|began| *began).await.unwrap();
    shop.shop.ledger.stop();
    worker.await.unwrap().unwrap();
    assert_eq!(shop.written().await, ["paid T1 1"]);
    assert_eq!(shop.shop.state("T1").await, "paid");
    // And a worker that begins afterwards ends at once.
    shop.work().await.unwrap().unwrap();
}

async fn a_worker_without_work_reads_once_a_second(store: Shared) {
    let shop = Following::open(store).await;
    let _worker = shop.work();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = shop.shop.store.begins();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let reads = shop.shop.store.begins() - begun;
    // The first round of upkeep may still be going on.
    assert!((1..20).contains(&reads), "{reads}");
}

async fn a_store_that_is_away_is_waited_for(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.shop.store.set_away(true);
    let _worker = shop.work();
    eventually("people are told", async || shop.alerts() == ["store"]).await;
    shop.shop.store.set_away(false);
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
}

async fn a_database_that_fails_after_a_handler_parks_no_order(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.shop.store.fail_at("RELEASE SAVEPOINT", StoreErrorKind::Unavailable);
    let _worker = shop.work();
    let failure = "SELECT COALESCE(failure, '') FROM ottpay_orders WHERE parked_at IS NULL";
    eventually("it has failed", async || shop.text(failure).await == "the test lets the statement fail").await;
    shop.shop.ledger.advance(Duration::from_secs(2));
    assert_eq!(shop.until_written(1).await, ["paid T1 2"]);
    assert_eq!(shop.alerts(), [""; 0]);
}

async fn a_completed_refund_is_reported_and_counted(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
    let ledger = &shop.shop.ledger;
    ledger.send(&shop.shop.refund("R1", "T1", 400), &reference("cart 1")).await.unwrap();
    ledger.advance(Duration::from_secs(6));
    assert_eq!(shop.until_written(2).await[1], "refunded R1 1");
    // The payment's total showed the refund, so it is still unknown whether the refund's own query supports it.
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_proven").await, "1");
    // The reply to the second one is lost, but it was carried out.
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::DropAfter).action("REFUND")).unwrap();
    let error = ledger.send(&shop.shop.refund("R2", "T1", 500), &reference("cart 1")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    ledger.advance(Duration::from_secs(6));
    assert_eq!(shop.until_written(3).await[2], "refunded R2 1");
    assert_eq!(shop.text("SELECT refunded FROM ottpay_orders WHERE id = 'T1'").await, "900");
    // The payment is queried again, and the same money is not reported twice.
    shop.hint("T1").await;
    let pending = "SELECT COUNT(*) FROM ottpay_hints WHERE seen > taken";
    eventually("the hint is taken", async || shop.text(pending).await == "0").await;
    assert_eq!(shop.written().await.len(), 3);
}
