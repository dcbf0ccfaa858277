//! A person settles what no query settles, and the verdict remains.

use std::time::Duration;

use ottpay::{Amount, Outcome};
use ottpay_ledger::store::Store as _;
use ottpay_ledger::{SendError, SettleError, State, Verdict};
use ottpay_sandbox::Fault;

use crate::common::{Shared, reference};
use crate::handled::{Deed, Following, eventually, on_each_database};

on_each_database![
    a_verdict_is_kept_and_ends_the_order,
    an_order_settled_as_paid_can_be_refunded_and_holds_the_reference,
    an_order_settled_as_unpaid_cannot_be_refunded,
    a_refund_that_a_person_decides_lets_the_next_one_go,
    an_order_settled_by_the_gateway_is_not_for_a_person,
    a_claimant_loses_an_order_that_is_settled,
];

const SETTLED: &str = "SELECT state || ' ' || COALESCE(paid, 0) || ' ' || refunded FROM ottpay_orders WHERE id = 'T1'";

async fn a_verdict_is_kept_and_ends_the_order(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    let ledger = &shop.shop.ledger;
    let error = ledger.settle("T1", Verdict::NotPaid, " ", "looked").await.unwrap_err();
    assert!(matches!(error, SettleError::Unexplained), "{error}");
    ledger.settle("T1", Verdict::NotPaid, "ann", "not in the Merchant Center").await.unwrap();
    let kept = "SELECT verdict || '/' || decided_by || '/' || why FROM ottpay_verdicts WHERE id = 'T1'";
    assert_eq!(shop.text(kept).await, "not_paid/ann/not in the Merchant Center");
    assert_eq!(shop.text(SETTLED).await, "settled 0 0");
    // An answer without money contradicts nothing.
    shop.hint("T1").await;
    let _worker = shop.work();
    eventually("the hint is taken", async || shop.text("SELECT seen - taken FROM ottpay_hints").await == "0").await;
    assert_eq!(shop.alerts(), [""; 0]);
    // The buyer pays after all, and the person's decision stays.
    shop.shop.sandbox.pay("T1").await.unwrap();
    shop.hint("T1").await;
    eventually("the hint is taken", async || shop.text("SELECT seen - taken FROM ottpay_hints").await == "0").await;
    ledger.advance(Duration::from_secs(30 * 24 * 3600));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((shop.calls(), shop.text(SETTLED).await.as_str()), (0, "settled 0 0"));
    // But an alert is raised, and the answer of the gateway is shown.
    assert_eq!(shop.alerts(), ["decide"]);
    assert!(shop.text("SELECT answer FROM ottpay_orders WHERE id = 'T1'").await.contains("19.99 CAD"));
    ledger.settle("T1", Verdict::Paid, "ann", "it came late").await.unwrap();
    shop.hint("T1").await;
    eventually("the hint is taken", async || shop.text("SELECT seen - taken FROM ottpay_hints").await == "0").await;
    assert_eq!((shop.alerts(), shop.text(SETTLED).await.as_str()), (vec!["decide"], "settled 1999 0"));
    let error = ledger.settle("T9", Verdict::Paid, "ann", "seen").await.unwrap_err();
    assert!(matches!(error, SettleError::NotFound(_)), "{error}");
}

async fn an_order_settled_as_paid_can_be_refunded_and_holds_the_reference(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    shop.shop.sandbox.pay("T1").await.unwrap();
    let ledger = &shop.shop.ledger;
    ledger.settle("T1", Verdict::PaidAmount(Amount::from_minor(1500)), "ann", "seen").await.unwrap();
    assert_eq!(shop.text(SETTLED).await, "settled 1500 0");
    ledger.settle("T1", Verdict::Paid, "ben", "seen again").await.unwrap();
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_verdicts").await, "2");
    let error = ledger.send(&shop.shop.refund("R1", "T1", 1501), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundTooLarge { .. }), "{error}");
    ledger.send(&shop.shop.refund("R2", "T1", 1500), &reference("cart 1")).await.unwrap();
    shop.paid("T2", "cart 1").await;
    shop.hint("T2").await;
    let _worker = shop.work();
    eventually("the other is told", async || shop.written().await.contains(&"paid_again T2 1".to_owned())).await;
}

async fn an_order_settled_as_unpaid_cannot_be_refunded(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let _worker = shop.work();
    shop.until_written(1).await;
    shop.run("UPDATE ottpay_orders SET state = 'reversed'").await;
    shop.shop.ledger.settle("T1", Verdict::NotPaid, "ann", "the bank took it back").await.unwrap();
    assert_eq!(shop.text(SETTLED).await, "settled 1999 1999");
    assert_eq!(shop.text("SELECT COALESCE(paid_by, '') FROM ottpay_references").await, "", "another may pay it");
    let error = shop.shop.ledger.send(&shop.shop.refund("R1", "T1", 1), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundTooLarge { .. }), "{error}");
    // They were wrong, twice, and 3.00 of it had gone back elsewhere.
    shop.run("UPDATE ottpay_orders SET refunded = 300, state = 'reversed', told = NULL").await;
    for verdict in [Verdict::NotPaid, Verdict::GivenBack] {
        shop.shop.ledger.settle("T1", verdict, "ann", "the bank took it back").await.unwrap();
        assert_eq!(shop.text(SETTLED).await, "settled 1999 1999");
    }
    shop.shop.ledger.settle("T1", Verdict::Paid, "ben", "the bank did not").await.unwrap();
    assert_eq!(shop.text(SETTLED).await, "settled 1999 300");
}

async fn a_refund_that_a_person_decides_lets_the_next_one_go(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let worker = shop.work();
    shop.until_written(1).await;
    worker.abort();
    let ledger = &shop.shop.ledger;
    for (id, verdict, refunded) in [("R1", Verdict::NotRefunded, "0"), ("R2", Verdict::Refunded, "500")] {
        shop.shop.sandbox.add_fault(ottpay_sandbox::PlannedFault::new(Fault::DropAfter).action("REFUND")).unwrap();
        let error = ledger.send(&shop.shop.refund(id, "T1", 500), &reference("cart 1")).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        let error = ledger.send(&shop.shop.refund("R9", "T1", 500), &reference("cart 1")).await.unwrap_err();
        assert!(matches!(error, SendError::RefundInFlight { .. }), "{error}");
        let error = ledger.settle("T1", Verdict::NotPaid, "ann", "looked").await.unwrap_err();
        assert!(
            matches!(error, SettleError::NotOpen { state: State::Paid } | SettleError::RefundInFlight { .. }),
            "{error}"
        );
        let error = ledger.settle(id, Verdict::Paid, "ann", "looked").await.unwrap_err();
        assert!(matches!(error, SettleError::OtherRole { is_refund: true, .. }), "{error}");
        ledger.settle(id, verdict, "ann", "looked").await.unwrap();
        assert_eq!(shop.text("SELECT refunded FROM ottpay_orders WHERE id = 'T1'").await, refunded);
        // That money has gone back is counted once; the contrary may be corrected.
        let again = ledger.settle(id, verdict, "ann", "looked").await;
        match verdict {
            Verdict::Refunded => assert!(matches!(again, Err(SettleError::NotOpen { .. })), "{again:?}"),
            _ => again.unwrap(),
        }
        assert_eq!(shop.text("SELECT refunded FROM ottpay_orders WHERE id = 'T1'").await, refunded);
    }
}

async fn an_order_settled_by_the_gateway_is_not_for_a_person(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let worker = shop.work();
    shop.until_written(1).await;
    worker.abort();
    let error = shop.shop.ledger.settle("T1", Verdict::NotPaid, "ann", "looked").await.unwrap_err();
    assert!(matches!(error, SettleError::NotOpen { state: State::Paid }), "{error}");
    // A request that is still to be sent can only be settled as not paid.
    shop.shop.ledger.send(&shop.shop.refund("R1", "T1", 500), &reference("cart 1")).await.unwrap();
    shop.run("UPDATE ottpay_orders SET state = 'noted', next_at = NULL, ended_at = NULL WHERE id = 'R1'").await;
    let error = shop.shop.ledger.settle("R1", Verdict::Refunded, "ann", "looked").await.unwrap_err();
    assert!(matches!(error, SettleError::NotOpen { state: State::Noted }), "{error}");
    shop.shop.ledger.settle("R1", Verdict::NotRefunded, "ann", "no longer wanted").await.unwrap();
    assert_eq!(shop.shop.state("R1").await, "settled");
}

async fn a_claimant_loses_an_order_that_is_settled(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let claim = shop.shop.ledger.claim().await.unwrap().unwrap();
    shop.shop.ledger.settle("T1", Verdict::NotPaid, "ann", "looked").await.unwrap();
    let (sql, values) = claim.completion();
    let mut tx = shop.shop.store.begin(Duration::from_secs(5)).await.unwrap();
    assert_eq!(tx.execute(sql, values).await.unwrap(), 0);
    drop(tx);
    claim.fail(std::fmt::Error.into()).await.unwrap();
    assert_eq!(shop.text(SETTLED).await, "settled 0 0");
    assert_eq!(shop.text("SELECT COALESCE(failure, '') FROM ottpay_orders").await, "");
    let _worker = shop.work_with(Box::new(|_, _| Deed::Write));
    shop.shop.ledger.advance(Duration::from_secs(24 * 3600));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shop.calls(), 0);
}
