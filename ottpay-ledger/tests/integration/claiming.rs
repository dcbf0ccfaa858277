//! A call of `claim` tries a limited number of orders, and no order or merchant waits for another.

use ottpay::{Client, Currency};
use ottpay_ledger::Ledger;

use crate::common::Shared;
use crate::handled::{Following, on_each_database};

on_each_database![
    several_claimants_share_the_work,
    a_call_returns_after_some_orders_without_an_event,
    a_merchant_without_events_does_not_end_a_call,
    callbacks_do_not_keep_other_orders_waiting,
];

async fn several_claimants_share_the_work(store: Shared) {
    let shop = Following::open(store).await;
    for number in 0..12 {
        shop.paid(&format!("T{number}"), &format!("cart {number}")).await;
        shop.hint(&format!("T{number}")).await;
    }
    let claimants: Vec<_> = (0..4)
        .map(|_| {
            let ledger = shop.shop.ledger.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                while let Some(claim) = ledger.claim().await.unwrap() {
                    done.push(claim.event().order_id.clone());
                    claim.complete().await.unwrap();
                }
                done
            })
        })
        .collect();
    let mut all = Vec::new();
    for claimant in claimants {
        all.extend(claimant.await.unwrap());
    }
    all.sort();
    let mut expected: Vec<_> = (0..12).map(|number| format!("T{number}")).collect();
    expected.sort();
    assert_eq!(all, expected);
}

async fn a_call_returns_after_some_orders_without_an_event(store: Shared) {
    let shop = Following::open(store).await;
    for number in 0..17 {
        shop.order(&format!("T{number}"), &format!("cart {number}")).await;
        shop.hint(&format!("T{number}")).await;
    }
    // None of them is due on its own, however slow the machine is.
    shop.run("UPDATE ottpay_orders SET next_at = next_at + 3600000").await;
    for asked in ["16", "17"] {
        assert!(shop.claim().await.is_none());
        assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_orders WHERE asked > 0").await, asked);
    }
}

async fn a_merchant_without_events_does_not_end_a_call(store: Shared) {
    let shop = Following::open(store).await;
    let sandbox = &shop.shop.sandbox;
    let idle = Client::builder().endpoint(sandbox.url()).merchant_id("ON00004652").currency(Currency::CAD);
    let idle = idle.sign_key(sandbox.sign_key()).build().unwrap();
    let both = Ledger::builder(shop.shop.store.clone()).clients([idle, shop.shop.client.clone()]);
    let ledger = both.bind_new_merchants().open().await.unwrap();
    // Calls begin with each merchant in turn.
    for number in 0..4 {
        shop.paid(&format!("T{number}"), &format!("cart {number}")).await;
        shop.hint(&format!("T{number}")).await;
        assert!(ledger.claim().await.unwrap().is_some(), "{number}");
    }
}

async fn callbacks_do_not_keep_other_orders_waiting(store: Shared) {
    let shop = Following::open(store).await;
    for number in 0..17 {
        shop.order(&format!("T{number}"), &format!("cart {number}")).await;
        shop.hint(&format!("T{number}")).await;
    }
    shop.paid("T17", "cart 17").await;
    shop.run("UPDATE ottpay_orders SET next_at = 1000 WHERE id = 'T17'").await;
    // 16 orders at most, and each of the 17 others has a callback.
    assert_eq!(shop.claim().await.unwrap().event().order_id, "T17");
}
