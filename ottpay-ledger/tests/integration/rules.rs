//! From the request to the event, against a gateway that answers in every way: what is reported, and what never is.

use std::sync::Arc;
use std::time::Duration;

use ottpay::{Amount, MappPay, OrderId, Outcome};
use ottpay_ledger::{Ledger, Schedule, SendError, Verdict};
use ottpay_sandbox::{Act, Assumption, Fault, PlannedFault};
use tokio::sync::Notify;

use crate::common::{Shared, reference};
use crate::handled::{Deed, Following, eventually, on_each_database};

on_each_database![
    rule_2_another_amount_is_for_a_person_and_never_paid,
    rule_3_an_order_that_ended_can_be_paid_late,
    rule_5_an_id_of_another_shop_is_a_conflict_that_no_query_settles,
    rule_7_a_refund_that_never_arrived_is_unresolved_and_not_sent_again,
    rule_8_silence_never_fails_anything,
    rule_9_a_callback_that_no_query_confirms_is_for_a_person,
    an_order_is_queried_by_the_schedule_of_the_shop,
    a_refused_order_is_not_queried_without_a_callback,
    a_reply_that_is_stored_while_its_order_is_queried_is_kept,
    a_refund_in_flight_is_not_reported_as_one_made_elsewhere,
];

const HOUR: Duration = Duration::from_secs(3600);

fn assume(shop: &Following, answer: &str) {
    shop.shop.sandbox.assume(answer.parse::<Assumption>().unwrap());
}

async fn until_state(shop: &Following, id: &str, state: &str) {
    eventually(state, async || shop.shop.state(id).await == state).await;
}

/// Waits until every hint has led to a query.
async fn until_asked(shop: &Following) {
    let pending = "SELECT COUNT(*) FROM ottpay_hints WHERE seen > taken";
    eventually("the hints are taken", async || shop.text(pending).await == "0").await;
}

async fn rule_2_another_amount_is_for_a_person_and_never_paid(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    // A fee that no reply announced.
    let fee = Act::Pay { tip: None, fee: Some(Amount::from_minor(50)) };
    shop.shop.sandbox.act("T1", fee).await.unwrap();
    shop.hint("T1").await;
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["mismatch T1 1"]);
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_proven").await, "0", "nothing was confirmed");
    assert_eq!(shop.alerts(), ["decide"]);
    shop.hint("T1").await;
    until_asked(&shop).await;
    assert_eq!(shop.until_written(1).await.len(), 1, "once for each amount");
    assert_eq!(shop.text("SELECT paid FROM ottpay_orders").await, "NULL");
}

async fn rule_3_an_order_that_ended_can_be_paid_late(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    shop.shop.sandbox.act("T1", Act::Cancel).await.unwrap();
    shop.hint("T1").await;
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["ended T1 1"]);
    assume(&shop, "late_payments=on");
    shop.shop.sandbox.pay("T1").await.unwrap();
    // Without a callback, it is still queried after an hour.
    shop.shop.ledger.advance(HOUR);
    assert_eq!(shop.until_written(2).await, ["ended T1 1", "paid T1 1"]);
    assert_eq!(shop.shop.state("T1").await, "paid");
}

async fn rule_5_an_id_of_another_shop_is_a_conflict_that_no_query_settles(store: Shared) {
    let shop = Following::open(store).await;
    // Another till with the same merchant id, and the same price.
    shop.shop.client.send(&shop.shop.qr_code("T1")).await.unwrap();
    let error = shop.shop.ledger.send(&shop.shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::DuplicateId);
    shop.shop.sandbox.pay("T1").await.unwrap();
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["conflict T1 1"]);
    for _ in 0..3 {
        shop.hint("T1").await;
        until_asked(&shop).await;
        shop.shop.ledger.advance(24 * HOUR);
    }
    assert_eq!(shop.until_written(1).await, ["conflict T1 1"]);
    assert_eq!(shop.shop.state("T1").await, "conflict");
    assert_eq!(shop.text("SELECT asked FROM ottpay_orders").await, "0");
}

async fn rule_7_a_refund_that_never_arrived_is_unresolved_and_not_sent_again(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::DropBefore).action("REFUND")).unwrap();
    let ledger = &shop.shop.ledger;
    let error = ledger.send(&shop.shop.refund("R1", "T1", 400), &reference("cart 1")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    // The clock is not moved in the middle of a turn.
    let asked = "SELECT asked FROM ottpay_orders WHERE id = 'R1'";
    eventually("it is asked about", async || shop.text(asked).await == "1").await;
    assert_eq!(shop.shop.state("R1").await, "unknown");
    ledger.advance(8 * 24 * HOUR);
    assert_eq!(shop.until_written(2).await[1], "unresolved R1 1");
    assert!(shop.shop.sandbox.order("R1").unwrap().is_none(), "it was sent once");
    // Until a person has looked, the money may have gone back.
    let error = ledger.send(&shop.shop.refund("R2", "T1", 100), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundInFlight { .. }), "{error}");
}

async fn rule_8_silence_never_fails_anything(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::DropBefore).action("PASSIVEPAY")).unwrap();
    let error = shop.shop.ledger.send(&shop.shop.scanned("S1"), &reference("till 1")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let _worker = shop.work();
    let asked = "SELECT asked FROM ottpay_orders WHERE id = 'S1'";
    eventually("it is asked about", async || shop.text(asked).await == "1").await;
    shop.shop.ledger.advance(8 * 24 * HOUR);
    // The buyer has not paid through the link, which is not an event. Money that moves at once may have moved: a person
    // decides.
    until_state(&shop, "T1", "lapsed").await;
    assert_eq!(shop.until_written(1).await, ["unresolved S1 1"]);
    // A callback reopens a lapsed order.
    shop.shop.sandbox.pay("T1").await.unwrap();
    shop.hint("T1").await;
    assert_eq!(shop.until_written(2).await[1], "paid T1 1");
}

async fn rule_9_a_callback_that_no_query_confirms_is_for_a_person(store: Shared) {
    let shop = Following::open(store).await;
    // It is only assumed that the query serves this action, and here it does not.
    assume(&shop, "queries=certain");
    shop.shop.ledger.send(&mini_program(&shop, "M1"), &reference("cart 1")).await.unwrap();
    shop.shop.sandbox.pay("M1").await.unwrap();
    shop.hint("M1").await;
    shop.run("UPDATE ottpay_hints SET vouched_at = last_at").await;
    let _worker = shop.work();
    until_asked(&shop).await;
    assert_eq!(shop.shop.state("M1").await, "open");
    shop.shop.ledger.advance(25 * HOUR);
    assert_eq!(shop.until_written(1).await, ["unconfirmed M1 1"]);
    shop.shop.ledger.settle("M1", Verdict::Paid, "ann", "seen in the Merchant Center").await.unwrap();
    assert_eq!(shop.shop.state("M1").await, "settled");
    // Once the query has confirmed a payment, a callback alone is not a reason to alert a person.
    assume(&shop, "queries=any");
    for id in ["M2", "M3"] {
        shop.shop.ledger.send(&mini_program(&shop, id), &reference(id)).await.unwrap();
    }
    shop.shop.sandbox.pay("M2").await.unwrap();
    shop.hint("M2").await;
    assert_eq!(shop.until_written(2).await[1], "paid M2 1");
    shop.hint("M3").await;
    shop.run("UPDATE ottpay_hints SET vouched_at = last_at WHERE id = 'M3'").await;
    until_asked(&shop).await;
    shop.shop.ledger.advance(8 * 24 * HOUR);
    until_state(&shop, "M3", "lapsed").await;
    assert_eq!(shop.written().await.len(), 2);
}

fn mini_program(shop: &Following, id: &str) -> MappPay {
    let builder = shop.shop.client.mapp_pay().order_id(OrderId::new(id).unwrap()).without_operator_id();
    let builder = builder.amount(Amount::from_minor(1999)).app_id("wx5f89682208cf8e88").open_id("o1");
    builder.call_back_url("http://127.0.0.1:9/").build().unwrap()
}

async fn an_order_is_queried_by_the_schedule_of_the_shop(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    let builder = Ledger::builder(shop.shop.store.clone()).client(shop.shop.client.clone());
    let ledger = builder.schedule(Schedule::every(Duration::from_millis(200))).open().await.unwrap();
    let _worker = shop.work_on(&ledger, Box::new(|_, _| Deed::Write));
    ledger.advance(Duration::from_secs(6));
    // By default it would be queried now, in 9 seconds and in 54.
    let often = "SELECT COUNT(*) FROM ottpay_orders WHERE asked > 3";
    eventually("it is queried often", async || shop.text(often).await == "1").await;
}

async fn a_refused_order_is_not_queried_without_a_callback(store: Shared) {
    let shop = Following::open(store).await;
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).code("PARAM_ERROR")).unwrap();
    shop.shop.ledger.send(&shop.shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    let _worker = shop.work();
    let over = "SELECT COUNT(*) FROM ottpay_orders WHERE turn > 0 AND turn_until IS NULL";
    eventually("its turn has ended", async || shop.text(over).await == "1").await;
    assert_eq!((shop.shop.wire.posts(), shop.shop.state("T1").await.as_str()), (1, "refused"));
}

async fn a_reply_that_is_stored_while_its_order_is_queried_is_kept(store: Shared) {
    let shop = Following::open(store).await;
    let (held, rows) = (Arc::new(Notify::new()), shop.shop.store.clone());
    let release = Arc::clone(&held);
    shop.shop.wire.after(move |body| {
        let (held, is_query) = (Arc::clone(&held), body.contains("STATUS_QUERY"));
        Box::pin(async move {
            if !is_query {
                held.notified().await;
            }
        })
    });
    shop.shop.wire.before(move |body| {
        let (release, rows, is_query) = (Arc::clone(&release), rows.clone(), body.contains("STATUS_QUERY"));
        Box::pin(async move {
            if is_query {
                release.notify_one();
                for _ in 0..200 {
                    if rows.text("SELECT state FROM ottpay_orders").await == "open" {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        })
    });
    let (ledger, request) = (shop.shop.ledger.clone(), shop.shop.qr_code("T1"));
    let sent = tokio::spawn(async move { ledger.send(&request, &reference("cart 1")).await });
    eventually("it is sent", async || shop.shop.wire.posts() == 1).await;
    // Its time is over, so a worker queries it.
    shop.shop.ledger.advance(Duration::from_secs(60));
    let _worker = shop.work();
    sent.await.unwrap().unwrap();
    // Its answer is out of date, so it is queried again at once.
    let again = "SELECT COUNT(*) FROM ottpay_orders WHERE turn > 1 AND turn_until IS NULL AND next_at IS NOT NULL";
    eventually("it is queried again", async || shop.text(again).await == "1").await;
    assert_eq!(shop.shop.state("T1").await, "open");
}

async fn a_refund_in_flight_is_not_reported_as_one_made_elsewhere(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let worker = shop.work();
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::DropAfter).action("REFUND")).unwrap();
    shop.shop.ledger.send(&shop.shop.refund("R1", "T1", 500), &reference("cart 1")).await.unwrap_err();
    // Its own query comes later than that of the payment.
    shop.run("UPDATE ottpay_orders SET next_at = next_at + 3600000 WHERE id = 'R1'").await;
    shop.hint("T1").await;
    let _worker = shop.work();
    until_asked(&shop).await;
    assert_eq!(shop.until_written(1).await, ["paid T1 1"]);
}
