//! A reference is paid by one order at a time, and a till waits for the outcome of a charge.

use std::sync::Arc;
use std::time::Duration;

use ottpay::payment::{Confirmed, Resolved};
use ottpay::transport::TransportErrorKind;
use ottpay::{Amount, BizType, OrderId, Outcome};
use ottpay_ledger::{SendError, State};
use ottpay_sandbox::{Fault, PlannedFault};

use crate::common::{Shop, reference};

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
    let shop = Shop::paid().await;
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
