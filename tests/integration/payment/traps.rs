//! The ways to lose money of `docs/safety.md`, against every answer to every question that the vendor leaves open: what the
//! sandbox assumes must not be what a shop's money depends on.

use std::time::Duration;

use ottpay::payment::{Confirmed, FollowError, Payment, Resolved, Tracked, WaitError};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{ActivePay, Amount, BizType, Client, Currency, Error, OrderId, Outcome, PassivePay, Refund, RefundId};
use ottpay_sandbox::{Act, Assumption, Fault, PlannedFault, Sandbox};

use crate::common::{client_of, order};

/// Results that must always hold: an order is not confused with another, and money is neither lost nor duplicated.
struct World {
    sandbox: Sandbox,
    client: Client,
    assumption: Assumption,
}

/// A gateway for each answer to each question.
async fn worlds() -> Vec<World> {
    worlds_in(Currency::CAD).await
}

async fn worlds_in(currency: Currency) -> Vec<World> {
    let mut worlds = Vec::new();
    // All defaults together are one world.
    let others = Assumption::ALL.iter().filter(|assumption| !assumption.is_default());
    for assumption in Assumption::ALL.first().into_iter().chain(others) {
        let sandbox = Sandbox::builder().assume(*assumption).currency(currency).start().await.unwrap();
        let client = client_of(&sandbox)
            .currency(currency)
            .fee_limit(Amount::from_minor(6))
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        worlds.push(World { sandbox, client, assumption: *assumption });
    }
    worlds
}

impl World {
    fn qr_code(&self, id: &OrderId) -> ActivePay {
        let builder = self.client.active_pay().order_id(id).without_operator_id().amount(Amount::from_minor(1000));
        builder.biz_type(BizType::WechatPay).call_back_url("http://127.0.0.1:9/").build().unwrap()
    }

    fn scanned(&self, id: &OrderId) -> PassivePay {
        let builder = self.client.passive_pay().order_id(id).without_operator_id().amount(Amount::from_minor(1000));
        builder.auth_code("134567890123456789").biz_type(BizType::WechatPay).build().unwrap()
    }

    fn refund(&self, id: &RefundId, minor: u64) -> Refund {
        let builder = self.client.refund().order_id(id).ori_order_id(order("T1"));
        builder.refund_amt(Amount::from_minor(minor)).build().unwrap()
    }

    /// An order that the buyer has paid.
    async fn paid(&self) -> Tracked {
        let request = self.qr_code(&order("T1"));
        self.client.send(&request).await.unwrap();
        self.sandbox.pay("T1").await.unwrap();
        request.tracked()
    }

    /// Loses the reply to the next request, which is carried out.
    fn lose_reply(&self) {
        self.sandbox.add_fault(Fault::DropAfter).unwrap();
    }

    fn refunded(&self) -> u64 {
        self.sandbox.order("T1").unwrap().unwrap().refunded().minor()
    }

    fn is(&self, question: &str, value: &str) -> bool {
        (self.assumption.question(), self.assumption.value()) == (question, value)
    }
}

#[tokio::test]
async fn t1_a_refund_whose_reply_was_lost_is_never_called_refused_when_it_is_sent_again() {
    for world in worlds().await {
        let _ = world.paid().await;
        let request = world.refund(&RefundId::new("R1").unwrap(), 1000);
        let mut tracked = request.tracked();
        world.lose_reply();
        let sent = world.client.send(&request).await;
        tracked.record(&sent);
        assert_eq!(sent.unwrap_err().outcome(), Outcome::Unknown, "{:?}", world.assumption);
        let resolved = world.client.resolve(&tracked).await.unwrap();
        assert!(!matches!(resolved, Resolved::NotDone | Resolved::Unpayable), "{:?}: {resolved:?}", world.assumption);
        // The program that sends it again anyway.
        let again = world.client.send(&request).await;
        tracked.record(&again);
        if let Err(error) = again {
            let outcome = error.outcome();
            assert!(matches!(outcome, Outcome::DuplicateId | Outcome::Unknown), "{:?}: {error}", world.assumption);
        }
        let resolved = world.client.resolve(&tracked).await.unwrap();
        assert!(!matches!(resolved, Resolved::NotDone | Resolved::Unpayable), "{:?}: {resolved:?}", world.assumption);
    }
}

#[tokio::test]
async fn t2_a_failed_query_does_not_describe_the_payment() {
    for world in worlds().await {
        // The gateway has never heard of it.
        let (by_buyer, at_once) = (world.qr_code(&order("T1")).tracked(), world.scanned(&order("T2")).tracked());
        for tracked in [&by_buyer, &at_once] {
            let answer = world.client.confirm(tracked).await;
            let is_open = answer.as_ref().map_or_else(FollowError::is_transient, Confirmed::is_open);
            assert!(is_open, "{:?}: {answer:?}", world.assumption);
        }
        assert_eq!(world.client.resolve(&by_buyer).await.unwrap(), Resolved::Pending, "{:?}", world.assumption);
        let resolved = world.client.resolve(&at_once).await.unwrap();
        assert!(
            matches!(resolved, Resolved::StillUnknown { .. } | Resolved::Pending),
            "{:?}: {resolved:?}",
            world.assumption
        );
    }
}

#[tokio::test]
async fn t3_a_partly_refunded_payment_is_paid_and_a_fully_refunded_one_is_not() {
    for world in worlds().await {
        let tracked = world.paid().await;
        let refund = world.refund(&RefundId::new("R1").unwrap(), 400);
        let part = world.client.send(&refund).await;
        if world.is("refund_parts", "whole") {
            assert!(part.is_err());
        } else {
            part.unwrap();
        }
        world.sandbox.advance(Duration::from_secs(3600)).unwrap();
        let whole = world.is("totals", "absent");
        match world.client.confirm(&tracked).await.unwrap() {
            Confirmed::Paid(payment) => {
                let states_all =
                    payment.refunded().is_none_or(|refunded| refunded.amount().minor() == world.refunded());
                assert!(states_all, "{:?}: {payment:?}", world.assumption);
            }
            // The gateway does not state how much was paid.
            Confirmed::Mismatch(mismatch) => assert!(whole && mismatch.reported().is_none(), "{:?}", world.assumption),
            Confirmed::NoAnswer(_) if world.is("queries", "none") => continue,
            other => panic!("{:?}: {other:?}", world.assumption),
        }
        let rest = 1000 - world.refunded();
        if world.client.send(&world.refund(&RefundId::new("R2").unwrap(), rest)).await.is_ok() {
            world.sandbox.advance(Duration::from_secs(3600)).unwrap();
            let answer = world.client.confirm(&tracked).await.unwrap();
            let is_honest = match &answer {
                Confirmed::GivenBack(_) => true,
                Confirmed::Mismatch(_) => whole,
                // The gateway states neither this nor how much was refunded.
                Confirmed::Paid(payment) => payment.refunded().is_none(),
                _ => false,
            };
            assert!(is_honest, "{:?}: {answer:?}", world.assumption);
        }
    }
}

#[tokio::test]
async fn t4_the_end_of_a_refund_is_never_a_payment() {
    for world in worlds().await {
        let _ = world.paid().await;
        let request = world.refund(&RefundId::new("R1").unwrap(), 1000);
        world.client.send(&request).await.unwrap();
        for hours in 0..2 {
            world.sandbox.advance(Duration::from_secs(hours * 3600)).unwrap();
            let answer = world.client.confirm(&request).await.unwrap();
            assert!(answer.payment().is_none(), "{:?}: {answer:?}", world.assumption);
        }
    }
}

#[tokio::test]
async fn t7_an_abandoned_exchange_is_resolved_from_the_stored_record() {
    for world in worlds().await {
        let request = world.scanned(&order("T1"));
        let stored = request.tracked().to_json();
        world.sandbox.add_fault(PlannedFault::new(Fault::Delay).delay(Duration::from_millis(200))).unwrap();
        let given_up = tokio::time::timeout(Duration::from_millis(100), world.client.send(&request)).await;
        assert!(given_up.is_err(), "{:?}", world.assumption);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let tracked = Tracked::from_json(&stored).unwrap();
        let resolved = world.client.resolve(&tracked).await.unwrap();
        let is_safe = match &resolved {
            Resolved::Took(Confirmed::Paid(payment)) => payment.id() == "T1",
            Resolved::Took(Confirmed::Mismatch(mismatch)) => mismatch.reported().is_none(),
            Resolved::Pending | Resolved::StillUnknown { .. } => true,
            _ => false,
        };
        assert!(is_safe, "{:?}: {resolved:?}", world.assumption);
    }
}

#[tokio::test]
async fn t8_an_order_is_followed_to_its_end_without_any_callback() {
    for world in worlds().await {
        let request = world.qr_code(&order("T1"));
        world.client.send(&request).await.unwrap();
        let wait = world.client.wait(&request).every(Duration::from_millis(50)).up_to(Duration::from_secs(10));
        let wait = tokio::spawn(wait.into_future());
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.sandbox.pay("T1").await.unwrap();
        let is_end = match wait.await.unwrap() {
            Ok(end) => end.payment().is_some() || (world.is("totals", "absent") && end.as_str() == "mismatch"),
            // No query knows the order: it stays open, and is neither paid nor unpaid.
            Err(error) => world.is("queries", "none") && matches!(error, WaitError::TimedOut { .. }),
        };
        assert!(is_end, "{:?}", world.assumption);
    }
}

#[tokio::test]
async fn t9_a_total_is_compared_with_its_currency_and_every_difference_is_explained_or_reported() {
    for currency in [Currency::CAD, Currency::JPY] {
        for world in worlds_in(currency).await {
            let request = world.qr_code(&order("T1"));
            world.client.send(&request).await.unwrap();
            let (tip, fee) = (Some(Amount::from_minor(50)), Some(Amount::from_minor(6)));
            world.sandbox.act("T1", Act::Pay { tip, fee }).await.unwrap();
            let explained = |payment: &Payment| {
                let parts =
                    payment.requested().checked_add(payment.fee()).and_then(|sum| sum.checked_add(payment.tip()));
                parts == Ok(payment.paid()) && payment.requested() == Amount::from_minor(1000).in_currency(currency)
            };
            match world.client.confirm(&request).await.unwrap() {
                Confirmed::Paid(payment) => assert!(explained(&payment), "{:?}: {payment:?}", world.assumption),
                Confirmed::Mismatch(mismatch) => {
                    let scaled = world.is("minor_units", "times_100");
                    // A total with a tip that no reply states.
                    let tipped = world.assumption.question() == "totals" && world.assumption.value().contains("tip");
                    assert!(scaled || tipped || mismatch.reported().is_none(), "{:?}: {mismatch:?}", world.assumption);
                }
                Confirmed::NoAnswer(_) => assert!(world.is("queries", "none"), "{:?}", world.assumption),
                other => panic!("{:?}: {other:?}", world.assumption),
            }
        }
    }
}

#[tokio::test]
async fn t10_a_loop_while_sending_again_is_allowed_ends() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    let of_another = client_of(&sandbox).merchant_id("ON00000001").build().unwrap();
    let request = of_another.active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(1));
    let request = request.biz_type(BizType::WechatPay).call_back_url("http://127.0.0.1:9/").build().unwrap();
    // No retry can fix it, so it must not count as a request that may be sent again.
    let mut attempts = 0;
    let outcome = loop {
        attempts += 1;
        let error: Error = client.send(&request).await.unwrap_err();
        match error.outcome() {
            Outcome::NotSent if attempts < 10 => {}
            outcome => break outcome,
        }
    };
    assert_eq!((outcome, attempts), (Outcome::Never, 1));
}

#[tokio::test]
async fn t11_every_lost_reply_has_an_end_and_no_end_allows_a_second_payment_of_a_first() {
    for world in worlds().await {
        // By the buyer: the link is lost, so no buyer can pay, and a new id is safe.
        let request = world.qr_code(&order("T1"));
        let mut tracked = request.tracked();
        world.lose_reply();
        tracked.record(&world.client.send(&request).await);
        assert_eq!(world.client.resolve(&tracked).await.unwrap(), Resolved::Unpayable, "{:?}", world.assumption);
        // At once: it succeeded, and no result contradicts this.
        let request = world.scanned(&order("T2"));
        let mut tracked = request.tracked();
        world.lose_reply();
        tracked.record(&world.client.send(&request).await);
        let resolved = world.client.resolve(&tracked).await.unwrap();
        let forbids = matches!(resolved, Resolved::Took(_) | Resolved::Pending | Resolved::StillUnknown { .. });
        assert!(forbids, "{:?}: {resolved:?}", world.assumption);
        // Nothing reached the gateway.
        let nowhere = client_of(&world.sandbox).currency(Currency::CAD).transport(Nowhere).build().unwrap();
        let mut tracked = world.scanned(&order("T3")).tracked();
        tracked.record(&nowhere.send(&world.scanned(&order("T3"))).await);
        assert_eq!(world.client.resolve(&tracked).await.unwrap(), Resolved::NotDone);
    }
}

/// A network on which nothing can be reached.
struct Nowhere;

impl Transport for Nowhere {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async { Err(TransportError::not_sent("no route")) })
    }
}
