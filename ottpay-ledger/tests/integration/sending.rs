//! Requests are noted before they are sent, sent once, and their replies stored before they are handed out.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::{OrderId, Outcome};
use ottpay_ledger::{Ledger, Schedule, SendError, State};
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

/// Another process notes the same id just as this one loses its transaction, and the answer to its commit.
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
async fn a_link_that_arrives_after_its_order_was_declared_lost_is_withheld() {
    let shop = Shop::open().await;
    let store = shop.store.clone();
    shop.wire.after(move |_| {
        let store = store.clone();
        Box::pin(async move { store.run("UPDATE ottpay_orders SET state = 'unpayable'").await })
    });
    let error = shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap_err();
    assert!(matches!(error, SendError::NotStored { source: None }), "{error}");
    assert_eq!(shop.store.text(ORDER).await, "unpayable 1");
}

#[tokio::test]
async fn a_link_waits_for_its_first_query_and_money_that_moves_at_once_does_not() {
    let shop = Shop::open().await;
    shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
    shop.ledger.send(&shop.scanned("T2"), &reference("cart 2")).await.unwrap();
    let waits = "SELECT next_at - alive_at FROM ottpay_orders WHERE id =";
    assert_eq!(shop.store.text(&format!("{waits} 'T1'")).await, "5000");
    assert_eq!(shop.store.text(&format!("{waits} 'T2'")).await, "0");

    // By the schedule of the shop, and without one when the order would lapse.
    for (id, schedule, first) in [
        ("T3", Schedule::from_times([Duration::from_secs(60), Duration::from_secs(2)]), "2000"),
        ("T4", Schedule::from_times([Duration::from_secs(3600 * 24 * 30)]), "604800000"),
        ("T5", Schedule::from_times([]), "604800000"),
    ] {
        let builder = Ledger::builder(shop.store.clone()).client(shop.client.clone());
        let ledger = builder.schedule(schedule).open().await.unwrap();
        ledger.send(&shop.qr_code(id), &reference(id)).await.unwrap();
        assert_eq!(shop.store.text(&format!("{waits} '{id}'")).await, first);
    }
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
    assert_eq!(shop.store.text(ORDER).await, "sending 1", "a worker finds out with a query");
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
