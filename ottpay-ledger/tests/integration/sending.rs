//! Requests are noted before they are sent, sent once, and their replies stored before they are handed out.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::payment::{Confirmed, Resolved};
use ottpay::transport::TransportErrorKind;
use ottpay::{Amount, BizType, OrderId, Outcome};
use ottpay_ledger::{Ledger, SendError, State};
use ottpay_sandbox::{Fault, PlannedFault};

use crate::common::{Shared, Shop, reference};

const ORDER: &str = "SELECT state || ' ' || sends FROM ottpay_orders WHERE id = 'T1'";

#[tokio::test]
async fn rule_4_a_request_is_noted_before_it_is_sent() {
    let shop = Shop::open().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (store, noted) = (shop.store.clone(), Arc::clone(&seen));
    shop.wire.before(move |_| {
        let (store, noted) = (store.clone(), Arc::clone(&noted));
        Box::pin(async move {
            let row = store.text(ORDER).await;
            noted.lock().unwrap().push(row);
        })
    });
    let reply = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["sending 1"]);
    assert_eq!(shop.store.text(ORDER).await, "open 1");
    let given = shop.store.text("SELECT given FROM ottpay_orders").await;
    assert!(given.contains(reply.code_url()), "the link is stored");
}

#[tokio::test]
async fn a_request_that_cannot_be_noted_is_not_sent() {
    let shop = Shop::open().await;
    shop.store.set_away(true);
    let error = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotNoted(_)), "{error}");
    assert_eq!((error.outcome(), shop.wire.posts()), (Outcome::NotSent, 0));
    shop.store.set_away(false);
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
}

#[tokio::test]
async fn a_caller_that_is_dropped_stops_nothing() {
    let shop = Shop::open().await;
    shop.sandbox.add_fault(PlannedFault::new(Fault::Delay).delay(Duration::from_millis(300))).unwrap();
    let request = shop.qr_code("T1");
    let cart = reference("cart 1");
    let sent = tokio::time::timeout(Duration::from_millis(100), shop.ledger.send(&request, &cart)).await;
    assert!(sent.is_err(), "the page was closed while the request was under way");
    for _ in 0..100 {
        if shop.store.text(ORDER).await == "open 1" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the reply was not stored: {}", shop.store.text(ORDER).await);
}

#[tokio::test]
async fn a_caller_that_is_dropped_while_the_note_is_committed_stops_nothing() {
    let shop = Shop::open().await;
    shop.store.slow_commits(200);
    let (request, cart) = (shop.qr_code("T1"), reference("cart 1"));
    let sent = tokio::time::timeout(Duration::from_millis(100), shop.ledger.send(&request, &cart)).await;
    assert!(sent.is_err());
    let other = reference("cart 2");
    let pay = shop.ledger.pay(&other, |_: OrderId| Ok(shop.qr_code("T2")));
    assert!(tokio::time::timeout(Duration::from_millis(100), pay).await.is_err());
    for id in ["T1", "T2"] {
        for _ in 0..100 {
            if shop.store.rows(&format!("SELECT 1 FROM ottpay_orders WHERE id = '{id}' AND state = 'open'")).await.len()
                == 1
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(shop.state(id).await, "open");
    }
}

/// Another process notes the same id at the moment at which this one loses its transaction, and the answer to its commit.
#[tokio::test]
async fn a_note_of_another_process_is_distinguished_from_the_own_note() {
    let shop = Shop::open().await;
    let (request, cart) = (shop.qr_code("T1"), reference("cart 1"));
    // Opening the ledger commits, too, and this commit must not be the lost one.
    let other = Ledger::open(shop.store.clone(), [shop.client.clone()]).await.unwrap();
    shop.store.slow_commits(100);
    shop.store.lose_commit();
    let (first, second) = tokio::join!(shop.ledger.send(&request, &cart), other.send(&request, &cart));
    let sent = [first, second].into_iter().filter(Result::is_ok).count();
    assert_eq!((sent, shop.wire.posts()), (1, 1), "once");
}

#[tokio::test]
async fn a_note_that_was_committed_without_an_answer_is_sent() {
    let shop = Shop::open().await;
    shop.store.lose_answer();
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    assert_eq!((shop.wire.posts(), shop.store.text(ORDER).await.as_str()), (1, "open 1"));
    shop.store.lose_answer();
    shop.ledger.note(&shop.qr_code("T2").tracked(), &reference("cart 2")).await.unwrap();
}

#[tokio::test]
async fn rule_4_a_link_that_cannot_be_stored_is_withheld() {
    let shop = Shop::open().await;
    let store = shop.store.clone();
    shop.wire.after(move |_| {
        store.set_away(true);
        Box::pin(async {})
    });
    let error = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotStored { source: Some(_) }), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(!error.to_string().contains("http"), "{error}");
    shop.store.set_away(false);
    assert_eq!(shop.store.text(ORDER).await, "sending 1", "until the time of its reply is over");
}

#[tokio::test]
async fn a_link_waits_for_its_first_query_and_money_that_moves_at_once_does_not() {
    let shop = Shop::open().await;
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    shop.ledger.send(&shop.scanned("T2"), &reference("cart 2")).await.unwrap();
    let waits = "SELECT next_at - alive_at FROM ottpay_orders WHERE id =";
    assert_eq!(shop.store.text(&format!("{waits} 'T1'")).await, "5000");
    assert_eq!(shop.store.text(&format!("{waits} 'T2'")).await, "0");
}

#[tokio::test]
async fn money_that_has_moved_is_told_although_it_cannot_be_stored() {
    let shop = Shop::open().await;
    let store = shop.store.clone();
    shop.wire.after(move |_| {
        store.set_away(true);
        // The attempts to store it take no time.
        tokio::time::pause();
        Box::pin(async {})
    });
    shop.ledger.send(&shop.scanned("T1"), &reference("cart 1")).await.unwrap();
    shop.store.set_away(false);
    assert_eq!(shop.store.text(ORDER).await, "sending 1", "a worker finds out by a query");
}

#[tokio::test]
async fn a_reply_whose_commit_lost_its_answer_is_handed_out() {
    let shop = Shop::open().await;
    let store = shop.store.clone();
    shop.wire.after(move |_| {
        store.lose_answer();
        Box::pin(async {})
    });
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    assert_eq!(shop.store.text(ORDER).await, "open 1");
}

#[tokio::test]
async fn a_short_outage_of_the_database_loses_no_link() {
    let shop = Shop::open().await;
    let store = shop.store.clone();
    shop.wire.after(move |_| {
        let store = store.clone();
        store.set_away(true);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            store.set_away(false);
        });
        Box::pin(async {})
    });
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    assert_eq!(shop.store.text(ORDER).await, "open 1");
}

#[tokio::test]
async fn a_reply_that_is_lost_leaves_a_link_unpayable_and_money_unknown() {
    let shop = Shop::open().await;
    shop.sandbox.add_fault(Fault::DropAfter).unwrap();
    let error = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert_eq!((error.outcome(), shop.state("T1").await.as_str()), (Outcome::Unknown, "unpayable"));
    shop.sandbox.add_fault(Fault::DropAfter).unwrap();
    let error = shop.ledger.send(&shop.scanned("T2"), &reference("cart 2")).await.unwrap_err();
    assert_eq!((error.outcome(), shop.state("T2").await.as_str()), (Outcome::Unknown, "unknown"));
}

#[tokio::test]
async fn rule_4_an_id_is_sent_again_only_if_no_attempt_was_carried_out() {
    let shop = Shop::open().await;
    let (request, cart) = (shop.qr_code("T1"), reference("cart 1"));
    shop.ledger.send(&request, &cart).await.unwrap();
    let error = shop.ledger.send(&request, &cart).await.unwrap_err();
    assert!(matches!(&error, SendError::AlreadySent { id, state: State::Open } if id == "T1"), "{error}");
    assert_eq!((error.outcome(), shop.wire.posts()), (Outcome::DuplicateId, 1));

    let request = shop.qr_code("T2");
    let Shop { sandbox, ledger, store, .. } = shop;
    drop(sandbox);
    for sends in ["not_sent 1", "not_sent 2"] {
        let error = ledger.send(&request, &cart).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
        assert_eq!(store.text("SELECT state || ' ' || sends FROM ottpay_orders WHERE id = 'T2'").await, sends);
    }
}

#[tokio::test]
async fn an_id_that_the_gateway_knew_before_the_first_send_is_a_conflict() {
    let shop = Shop::open().await;
    shop.client.send(&shop.qr_code("T1")).await.unwrap();
    let error = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert_eq!((error.outcome(), shop.state("T1").await.as_str()), (Outcome::DuplicateId, "conflict"));
    let answer = shop.store.text("SELECT answer FROM ottpay_orders").await;
    assert_eq!(answer, error.to_string(), "people see what it means, and not the code alone");
}

#[tokio::test]
async fn a_refusal_is_stored_with_the_words_of_the_gateway() {
    let shop = Shop::open().await;
    shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).code("PARAM_ERROR")).unwrap();
    let error = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert_eq!((error.outcome(), shop.state("T1").await.as_str()), (Outcome::Refused, "refused"));
    let answer = shop.store.text("SELECT answer FROM ottpay_orders").await;
    assert!(answer.starts_with("PARAM_ERROR"), "{answer}");
}

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

/// A payment that was reported as paid.
async fn paid() -> Shop {
    let shop = Shop::open().await;
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    shop.sandbox.pay("T1").await.unwrap();
    shop.store.run("UPDATE ottpay_orders SET state = 'paid', paid = 1999, paid_currency = 'CAD' WHERE id = 'T1'").await;
    shop
}

#[tokio::test]
async fn more_than_was_paid_is_not_given_back() {
    let shop = paid().await;
    let error = shop.ledger.send(&shop.refund("R1", "T1", 2000), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundTooLarge { left, .. } if left.minor() == 1999), "{error}");
    shop.store.run("UPDATE ottpay_orders SET refunded = 1500 WHERE id = 'T1'").await;
    let error = shop.ledger.send(&shop.refund("R1", "T1", 500), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::RefundTooLarge { left, .. } if left.minor() == 499), "{error}");
    assert_eq!(shop.sandbox.order("T1").unwrap().unwrap().refunded().minor(), 0);
}

#[tokio::test]
async fn rule_7_one_refund_of_a_payment_is_in_flight_at_a_time() {
    let shop = Arc::new(paid().await);
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
    let shop = paid().await;
    shop.client.send(&shop.refund("ELSEWHERE", "T1", 300)).await.unwrap();
    shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap();
    let tracked = shop.store.text("SELECT tracked FROM ottpay_orders WHERE id = 'R1'").await;
    assert!(tracked.contains(r#""refunded_before":300"#), "{tracked}");
}

/// Between the question and the note another refund could go through, and this one's total would be that one's.
#[tokio::test]
async fn the_total_given_back_before_is_asked_for_once_the_refund_is_in_flight() {
    let shop = paid().await;
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
        let shop = paid().await;
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
async fn a_refund_whose_payment_cannot_be_asked_about_is_not_sent_and_holds_up_no_other() {
    let shop = paid().await;
    shop.sandbox.add_fault(PlannedFault::new(Fault::DropBefore).action("status_query")).unwrap();
    let error = shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotAsked(_)), "{error}");
    assert_eq!((error.outcome(), shop.state("R1").await.as_str()), (Outcome::NotSent, "not_sent"));
    shop.ledger.send(&shop.refund("R2", "T1", 100), &reference("cart 1")).await.unwrap();
    shop.ledger.send(&shop.refund("R1", "T1", 100), &reference("cart 1")).await.unwrap_err();
}

#[tokio::test]
async fn rule_6_loading_the_page_again_shows_the_first_link() {
    let shop = Arc::new(Shop::open().await);
    let cart = reference("cart 1");
    let offer = |minor: u64| {
        let (shop, cart) = (Arc::clone(&shop), cart.clone());
        tokio::spawn(async move { shop.ledger.pay(&cart, |id: OrderId| Ok(shop.qr_code_of(id.as_str(), minor))).await })
    };
    // The buyer clicks ten times at once.
    let clicks: Vec<_> = (0..10).map(|_| offer(1999)).collect();
    let mut offers = Vec::new();
    for click in clicks {
        offers.push(click.await.unwrap().unwrap());
    }
    assert_eq!((shop.wire.posts(), shop.sandbox.orders().unwrap().len()), (1, 1));
    assert_eq!(offers.iter().filter(|offer| offer.is_new()).count(), 1);
    assert!(offers.iter().all(|offer| offer.link().is_some() && offer.link() == offers[0].link()));
    let shown = format!("{offers:?}");
    assert!(shown.contains(offers[0].order_id()) && !shown.contains("http"), "{shown}");

    let error = offer(2500).await.unwrap().unwrap_err();
    assert!(matches!(&error, SendError::OtherRequest { id } if *id == offers[0].order_id()), "{error}");
}

#[tokio::test]
async fn a_reference_gets_a_new_order_once_the_first_cannot_be_paid() {
    let shop = Shop::open().await;
    let cart = reference("cart 1");
    let pay = || shop.ledger.pay(&cart, |id: OrderId| Ok(shop.qr_code(id.as_str())));
    shop.sandbox.add_fault(Fault::DropAfter).unwrap();
    assert_eq!(pay().await.unwrap_err().outcome(), Outcome::Unknown);
    let second = pay().await.unwrap();
    assert!(second.is_new(), "the first link was never given out");
    shop.store.run("UPDATE ottpay_references SET paid_by = 'T9'").await;
    let error = pay().await.unwrap_err();
    assert!(matches!(error, SendError::InTheWay { state: State::Paid, .. }), "{error}");
}

#[tokio::test]
async fn a_page_that_is_opened_while_another_request_stays_under_way_is_told_so() {
    let shop = Shop::open().await;
    let cart = reference("cart 1");
    shop.ledger.send(&shop.qr_code("T1"), &cart).await.unwrap();
    shop.store.run("UPDATE ottpay_orders SET state = 'sending'").await;
    let (ledger, client) = (shop.ledger.clone(), shop.client.clone());
    let pay = tokio::spawn(async move {
        ledger
            .pay(&cart, |id: OrderId| {
                let builder = client.active_pay().order_id(id).without_operator_id().amount(Amount::from_minor(1999));
                builder.biz_type(BizType::WechatPay).call_back_url("http://127.0.0.1:9/").build()
            })
            .await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!pay.is_finished(), "it waits for the other one");
    // The other one has the client's 5 seconds, and 30 for its reply to be stored.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(35)).await;
    tokio::time::resume();
    let error = tokio::time::timeout(Duration::from_secs(20), pay).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(&error, SendError::InTheWay { id, state: State::Sending } if id == "T1"), "{error}");
    assert_eq!(shop.wire.posts(), 1);
}

#[tokio::test]
async fn a_reply_with_a_secret_is_not_shown_a_second_time() {
    let shop = Shop::open().await;
    let cart = reference("cart 1");
    let pay = || {
        shop.ledger.pay(&cart, |id: OrderId| {
            let builder = shop.client.in_app_pay_wechat().user_id("wxcbb0a73d2d5a8888").without_operator_id();
            builder.amount(Amount::from_minor(1999)).order_id(id).call_back_url("http://127.0.0.1:9/").build()
        })
    };
    let first = pay().await.unwrap();
    assert!(first.field("appId").is_some());
    assert_eq!(first.field("wxapikey"), None, "the secret is not stored");
    let error = pay().await.unwrap_err();
    assert!(matches!(&error, SendError::InTheWay { id, state: State::Open } if id == first.order_id()), "{error}");
}

#[tokio::test]
async fn only_what_the_buyer_pays_is_shown_again() {
    let shop = paid().await;
    let (cart, posts) = (reference("cart 2"), shop.wire.posts());
    let error = shop.ledger.pay(&cart, |id: OrderId| Ok(shop.scanned(id.as_str()))).await.unwrap_err();
    assert!(matches!(error, SendError::NotByBuyer), "{error}");
    let error = shop.ledger.pay(&cart, |_: OrderId| Ok(shop.refund("R1", "T1", 100))).await.unwrap_err();
    assert!(matches!(error, SendError::NotByBuyer), "{error}");
    assert_eq!(shop.wire.posts(), posts);
}

#[tokio::test]
async fn a_charge_that_was_not_carried_out_is_not_asked_about() {
    let shop = Shop::open().await;
    let cart = reference("cart 1");
    shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).code("PARAM_ERROR")).unwrap();
    let end = shop.ledger.charge(&shop.scanned("T1"), &cart).await.unwrap();
    assert!(matches!(end, Resolved::NotDone), "{end}");
    assert_eq!(shop.wire.posts(), 1);
    shop.wire.cut(Some(TransportErrorKind::NotSent));
    let error = shop.ledger.charge(&shop.scanned("T2"), &cart).await.unwrap_err();
    assert_eq!((error.outcome(), shop.state("T2").await.as_str()), (Outcome::NotSent, "not_sent"));
    shop.wire.cut(Some(TransportErrorKind::Never));
    let error = shop.ledger.charge(&shop.scanned("T3"), &cart).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Never);
}

#[tokio::test]
async fn a_till_learns_the_outcome_of_a_charge() {
    let shop = Shop::open().await;
    let cart = reference("cart 1");
    let end = shop.ledger.charge(&shop.scanned("T1"), &cart).await.unwrap();
    assert!(matches!(end, Resolved::Took(Confirmed::Paid(_))), "{end}");
    // The reply is lost, and the query finds the money.
    shop.sandbox.add_fault(PlannedFault::new(Fault::DropAfter).action("passive_pay")).unwrap();
    let end = shop.ledger.charge(&shop.scanned("T2"), &cart).await.unwrap();
    assert!(matches!(end, Resolved::Took(Confirmed::Paid(_))), "{end}");
    shop.sandbox.add_fault(PlannedFault::new(Fault::Refuse).action("passive_pay").code("AUTH_CODE_INVALID")).unwrap();
    let error = shop.ledger.charge(&shop.qr_code("T3"), &cart).await.unwrap_err();
    assert!(matches!(error, SendError::NotAtOnce), "{error}");
}

#[tokio::test]
async fn a_link_is_noted_before_it_is_handed_out() {
    let shop = Shop::open().await;
    let request = shop.qr_code("T1");
    shop.ledger.note(&request.tracked(), &reference("cart 1")).await.unwrap();
    assert_eq!(shop.store.text(ORDER).await, "open 0");
    let error = shop.ledger.note(&request.tracked(), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::AlreadySent { .. }), "{error}");
}

#[tokio::test]
async fn a_request_of_another_gateway_or_merchant_is_not_noted() {
    let (shop, other) = (Shop::open().await, Shop::on(Shared::memory()).await);
    let error = shop.ledger.send(&other.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NoClient { .. }), "{error}");
    assert_eq!((error.outcome(), other.wire.posts()), (Outcome::Never, 0));
}
