//! Events for shops with transactions of their own: one statement completes an event, once.

use std::time::Duration;

use ottpay::OrderId;
use ottpay_ledger::store::{Dialect, RawTx, Store as _, StoreErrorKind};
use ottpay_ledger::{Claim, SendError, State, Verdict};
use ottpay_sandbox::{Fault, PlannedFault};
use tokio::task::JoinHandle;

use crate::common::{Shared, reference};
use crate::handled::{Following, eventually, on_each_database};

on_each_database![
    rule_11_an_event_is_completed_in_a_transaction_of_the_shop,
    a_transaction_that_is_rolled_back_completes_nothing,
    rule_11_an_event_whose_lease_is_over_belongs_to_the_next_claimant,
    another_event_of_the_order_withdraws_the_first,
    a_payment_that_was_offered_and_never_handed_over_releases_its_reference,
    a_completed_event_is_followed_by_the_next,
    the_completed_event_of_a_parked_order_is_written_into_its_row,
    a_failed_claim_is_offered_again_later,
    an_offer_about_an_earlier_attempt_is_withdrawn_by_the_next_attempt,
    a_payment_can_be_given_back_as_soon_as_its_claim_is_completed,
    a_refund_is_added_to_its_payment_once_its_claim_is_completed,
    a_late_completion_does_not_overwrite_an_event_that_was_offered_again,
    a_refund_is_not_sent_again_once_the_completion_of_its_failure_is_committed,
    an_order_that_cannot_be_changed_once_its_event_is_completed_keeps_no_other_waiting,
    a_database_that_fails_once_an_event_is_completed_parks_no_order,
];

/// Runs the completion in a transaction that the ledger does not know, and returns the number of changed rows.
async fn complete(shop: &Following, claim: &Claim, commits: bool) -> u64 {
    let (sql, values) = claim.completion();
    let mut tx = shop.shop.store.begin(Duration::from_secs(5)).await.unwrap();
    let changed = tx.execute(sql, values).await.unwrap();
    if commits {
        tx.commit().await.unwrap();
    }
    changed
}

async fn rule_11_an_event_is_completed_in_a_transaction_of_the_shop(store: Shared) {
    let shop = Following::open(store).await;
    assert!(shop.claim().await.is_none());
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let first = shop.claim().await.unwrap();
    assert_eq!((first.event().kind.as_str(), first.event().attempt), ("paid", 1));
    assert!(shop.claim().await.is_none(), "it belongs to the first");
    assert_eq!(shop.text("SELECT asked FROM ottpay_orders WHERE answer LIKE 'paid%'").await, "1");
    assert_eq!(shop.shop.state("T1").await, "open");
    assert_eq!(complete(&shop, &first, true).await, 1);
    assert_eq!(complete(&shop, &first, true).await, 0, "once");
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.shop.state("T1").await, "paid", "the next look at it has folded what was completed");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_events WHERE folded = 0").await, "0");
    let error = first.complete().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
}

async fn a_transaction_that_is_rolled_back_completes_nothing(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let first = shop.claim().await.unwrap();
    assert_eq!(complete(&shop, &first, false).await, 1);
    drop(first);
    shop.shop.ledger.advance(Duration::from_secs(61));
    let second = shop.claim().await.unwrap();
    assert_eq!((second.event().kind.as_str(), second.event().attempt), ("paid", 2));
    second.complete().await.unwrap();
    assert_eq!(shop.shop.state("T1").await, "paid");
}

async fn rule_11_an_event_whose_lease_is_over_belongs_to_the_next_claimant(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let late = shop.claim().await.unwrap();
    shop.shop.ledger.advance(Duration::from_secs(59));
    assert!(shop.claim().await.is_none());
    shop.shop.ledger.advance(Duration::from_secs(2));
    let next = shop.claim().await.unwrap();
    assert_eq!(next.event().key, late.event().key);
    assert_eq!(complete(&shop, &late, true).await, 0, "it has to roll back");
    assert_eq!(complete(&shop, &next, true).await, 1);
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.shop.state("T1").await, "paid");
}

async fn another_event_of_the_order_withdraws_the_first(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let late = shop.claim().await.unwrap();
    shop.shop.client.send(&shop.shop.refund("ELSEWHERE", "T1", 1999)).await.unwrap();
    shop.shop.ledger.advance(Duration::from_secs(61));
    let next = shop.claim().await.unwrap();
    assert_eq!((late.event().kind.as_str(), next.event().kind.as_str()), ("paid", "given_back"));
    assert_eq!(complete(&shop, &late, true).await, 0, "the money has gone back");
    next.complete().await.unwrap();
    assert_eq!(shop.shop.state("T1").await, "given_back");
}

async fn a_payment_that_was_offered_and_never_handed_over_releases_its_reference(store: Shared) {
    let shop = Following::open(store).await;
    for (cart, first, second) in [("cart 1", "T1", "T2"), ("cart 2", "T3", "T4")] {
        let paid_by = format!("SELECT COALESCE(paid_by, '') FROM ottpay_references WHERE reference = '{cart}'");
        shop.paid(first, cart).await;
        shop.hint(first).await;
        let late = shop.claim().await.unwrap();
        assert_eq!((late.event().kind.as_str(), shop.text(&paid_by).await.as_str()), ("paid", first));
        if first == "T1" {
            // The buyer has the money back before the shop has acted.
            shop.shop.client.send(&shop.shop.refund("ELSEWHERE", first, 1999)).await.unwrap();
            shop.shop.ledger.advance(Duration::from_secs(61));
            let next = shop.claim().await.unwrap();
            assert_eq!(next.event().kind.as_str(), "given_back");
            next.complete().await.unwrap();
        } else {
            shop.shop.ledger.settle(first, Verdict::NotPaid, "ann", "not in the Merchant Center").await.unwrap();
        }
        assert_eq!(complete(&shop, &late, true).await, 0);
        assert_eq!(shop.text(&paid_by).await, "");
        shop.paid(second, cart).await;
        shop.hint(second).await;
        let sale = shop.claim().await.unwrap();
        assert_eq!((sale.event().kind.as_str(), sale.event().order_id.as_str()), ("paid", second));
        sale.complete().await.unwrap();
    }
}

async fn a_completed_event_is_followed_by_the_next(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.shop.client.send(&shop.shop.refund("ELSEWHERE", "T1", 300)).await.unwrap();
    shop.hint("T1").await;
    let first = shop.claim().await.unwrap();
    assert_eq!(complete(&shop, &first, true).await, 1);
    let second = shop.claim().await.unwrap();
    assert_eq!(second.event().kind.as_str(), "refunded");
    second.complete().await.unwrap();
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.text("SELECT state || ' ' || refunded FROM ottpay_orders").await, "paid 300");
}

async fn the_completed_event_of_a_parked_order_is_written_into_its_row(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let first = shop.claim().await.unwrap();
    let shown = format!("{first:?}");
    assert!(shown.starts_with("Claim { event: ") && !shown.contains("UPDATE"), "{shown}");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_proven").await, "1", "the query is known to support the action");
    assert_eq!(complete(&shop, &first, true).await, 1);
    shop.run("UPDATE ottpay_orders SET parked_at = 1").await;
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.shop.state("T1").await, "paid");
}

async fn a_failed_claim_is_offered_again_later(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.claim().await.unwrap().fail(std::fmt::Error.into()).await.unwrap();
    assert!(shop.claim().await.is_none());
    shop.shop.ledger.advance(Duration::from_secs(2));
    let second = shop.claim().await.unwrap();
    assert_eq!(second.event().attempt, 2);
    second.fail(ottpay_ledger::Fail::permanent("no such product")).await.unwrap();
    shop.shop.ledger.advance(Duration::from_secs(24 * 3600));
    assert!(shop.claim().await.is_none(), "it is parked");
    assert_eq!(shop.alerts(), ["parked"]);
    assert!(shop.shop.ledger.replay("T1").await.unwrap());
    shop.claim().await.unwrap().complete().await.unwrap();
    assert_eq!(shop.shop.state("T1").await, "paid");
}

/// The request is refused, the refusal is offered, and meanwhile the corrected request is sent under the same id.
async fn an_offer_about_an_earlier_attempt_is_withdrawn_by_the_next_attempt(store: Shared) {
    let shop = Following::open(store).await;
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).code("PARAM_ERROR")).unwrap();
    shop.shop.ledger.send(&shop.shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    let refused = shop.claim().await.unwrap();
    assert_eq!(refused.event().kind.as_str(), "ended");
    shop.order("T1", "cart 1").await;
    assert_eq!(complete(&shop, &refused, true).await, 0, "it is about the request before");
    shop.shop.sandbox.pay("T1").await.unwrap();
    shop.hint("T1").await;
    let paid = shop.claim().await.unwrap();
    assert_eq!(paid.event().kind.as_str(), "paid");
}

/// A transaction of the shop that has completed the event but is still open.
async fn begin_completion(shop: &Following, claim: &Claim) -> Box<dyn RawTx> {
    let (sql, values) = claim.completion();
    let mut tx = shop.shop.store.begin(Duration::from_secs(5)).await.unwrap();
    assert_eq!(tx.execute(sql, values).await.unwrap(), 1);
    tx
}

/// Waits until the task waits for the shop's transaction.
async fn until_it_waits<T>(shop: &Following, task: &JoinHandle<T>) {
    match shop.shop.store.dialect() {
        Dialect::Postgres => {
            let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            eventually("it waits", async || shop.text(waiting).await == "1").await;
        }
        // Meanwhile, nothing else can read the database.
        _ => tokio::time::sleep(Duration::from_millis(100)).await,
    }
    assert!(!task.is_finished());
}

/// The shop completes the refusal while the corrected request is noted.
async fn a_late_completion_does_not_overwrite_an_event_that_was_offered_again(store: Shared) {
    let shop = Following::open(store).await;
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).code("PARAM_ERROR")).unwrap();
    shop.shop.ledger.send(&shop.shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    let refused = shop.claim().await.unwrap();
    let tx = begin_completion(&shop, &refused).await;
    let (ledger, request) = (shop.shop.ledger.clone(), shop.shop.qr_code("T1"));
    let sending = tokio::spawn(async move { ledger.send(&request, &reference("cart 1")).await });
    until_it_waits(&shop, &sending).await;
    tx.commit().await.unwrap();
    let reply = sending.await.unwrap().unwrap();
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.shop.state("T1").await, "open");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_events WHERE folded = 0").await, "0");
    let cart = reference("cart 1");
    let offer = shop.shop.ledger.pay(&cart, |id: OrderId| Ok(shop.shop.qr_code(id.as_str()))).await.unwrap();
    assert_eq!((offer.is_new(), offer.order_id(), offer.link()), (false, "T1", Some(reply.code_url())));
}

/// The shop has learned that the refund failed: another one may replace it, so this one has ended.
async fn a_refund_is_not_sent_again_once_the_completion_of_its_failure_is_committed(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.claim().await.unwrap().complete().await.unwrap();
    shop.shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).action("refund").code("PARAM_ERROR")).unwrap();
    shop.shop.ledger.send(&shop.shop.refund("R1", "T1", 1999), &reference("cart 1")).await.unwrap_err();
    let failed = shop.claim().await.unwrap();
    assert_eq!(failed.event().kind.as_str(), "refund_failed");
    let (tx, posts) = (begin_completion(&shop, &failed).await, shop.shop.wire.posts());
    let (ledger, request) = (shop.shop.ledger.clone(), shop.shop.refund("R1", "T1", 1999));
    let sending = tokio::spawn(async move { ledger.send(&request, &reference("cart 1")).await });
    until_it_waits(&shop, &sending).await;
    tx.commit().await.unwrap();
    let error = sending.await.unwrap().unwrap_err();
    assert!(matches!(error, SendError::AlreadySent { state: State::RefundFailed, .. }), "{error}");
    assert_eq!(shop.shop.wire.posts(), posts);
    shop.shop.ledger.send(&shop.shop.refund("R2", "T1", 1999), &reference("cart 1")).await.unwrap();
    assert!(shop.claim().await.is_none_or(|claim| claim.event().order_id == "R2"));
    let error = shop.shop.ledger.send(&shop.shop.refund("R3", "T1", 1999), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundInFlight { .. } | SendError::RefundTooLarge { .. }), "{error}");
    assert_eq!(shop.shop.sandbox.order("T1").unwrap().unwrap().refunded().minor(), 1999);
}

/// Before any worker has looked at the order again.
async fn a_payment_can_be_given_back_as_soon_as_its_claim_is_completed(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let paid = shop.claim().await.unwrap();
    assert_eq!(complete(&shop, &paid, true).await, 1);
    shop.shop.ledger.send(&shop.shop.refund("R1", "T1", 500), &reference("cart 1")).await.unwrap();
    assert_eq!(shop.shop.sandbox.order("T1").unwrap().unwrap().refunded().minor(), 500);
}

async fn a_refund_is_added_to_its_payment_once_its_claim_is_completed(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.claim().await.unwrap().complete().await.unwrap();
    shop.shop.ledger.send(&shop.shop.refund("R1", "T1", 500), &reference("cart 1")).await.unwrap();
    shop.run("UPDATE ottpay_orders SET next_at = 1000 WHERE id = 'R1'").await;
    let refunded = shop.claim().await.unwrap();
    assert_eq!((refunded.event().order_id.as_str(), refunded.event().kind.as_str()), ("R1", "refunded"));
    let total = "SELECT refunded FROM ottpay_orders WHERE id = 'T1'";
    assert_eq!(shop.text(total).await, "0");
    assert_eq!(complete(&shop, &refunded, true).await, 1);
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.text(total).await, "500");
}

async fn an_order_that_cannot_be_changed_once_its_event_is_completed_keeps_no_other_waiting(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let first = shop.claim().await.unwrap();
    assert_eq!(complete(&shop, &first, true).await, 1);
    shop.run("UPDATE ottpay_orders SET refunded = -1 WHERE id = 'T1'").await;
    shop.paid("T2", "cart 2").await;
    shop.hint("T2").await;
    let second = shop.claim().await.unwrap();
    assert_eq!(second.event().order_id, "T2");
    second.complete().await.unwrap();
    assert!(shop.claim().await.is_none());
    let parked = "SELECT id FROM ottpay_orders WHERE parked_at IS NOT NULL";
    assert_eq!((shop.text(parked).await.as_str(), shop.alerts()), ("T1", vec!["parked"]), "people are told once");
    assert_eq!([shop.shop.state("T1").await, shop.shop.state("T2").await], ["open", "paid"]);
    // A replay before the cause is fixed reports the failure again.
    assert!(shop.shop.ledger.replay("T1").await.unwrap());
    assert!(shop.claim().await.is_none());
    assert_eq!(shop.shop.state("T1").await, "open");
    shop.run("UPDATE ottpay_orders SET refunded = 0 WHERE id = 'T1'").await;
    assert!(shop.shop.ledger.replay("T1").await.unwrap());
    assert!(shop.claim().await.is_none(), "its event is completed already");
    assert_eq!(shop.shop.state("T1").await, "paid");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_events WHERE folded <> 1").await, "0");
}

async fn a_database_that_fails_once_an_event_is_completed_parks_no_order(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let first = shop.claim().await.unwrap();
    assert_eq!(complete(&shop, &first, true).await, 1);
    shop.shop.store.fail_at("SET folded = 1", StoreErrorKind::Unavailable);
    let error = shop.shop.ledger.claim().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_orders WHERE parked_at IS NOT NULL").await, "0");
    assert!(shop.claim().await.is_none());
    assert_eq!((shop.shop.state("T1").await.as_str(), shop.alerts()), ("paid", vec![]));
}
