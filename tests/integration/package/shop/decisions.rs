//! Decisions of a person on the shop's list: mismatches are settled, parked orders are replayed.

use std::time::{Duration, Instant};

use ottpay::Amount;
use ottpay_ledger::Sqlite;
use ottpay_ledger::store::Store as _;
use ottpay_sandbox::Act;
use serde_json::json;

use super::program::{PATIENCE, World};

/// Waits until the list shows this.
pub(super) async fn until_admin_shows(world: &World, text: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let (_, page) = world.page("/admin").await;
        if page.contains(text) {
            return;
        }
        assert!(Instant::now() < end, "expected {text:?}, got {page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_ships_nothing_until_a_person_has_decided() {
    let world = World::new("mismatch").await;
    let (_, order) = world.order("10.00").await;
    let id = world.first_id(&order).await;
    let act = Act::Pay { tip: None, fee: Some(Amount::from_minor(30)) };
    let _ = world.sandbox.act(&id, act).await.unwrap();
    world.until_state(&order, "mismatch").await;
    until_admin_shows(&world, &id).await;
    assert_eq!(world.shown(&order).await["shipped"], 0);
    // The buyer is not asked for a second payment.
    assert!(world.page(&format!("/orders/{order}")).await.1.contains("Please do not pay a second time."));
    let decision = json!({ "id": id, "verdict": "not_paid", "by": "Kim", "why": "given back in the Merchant Center" });
    let (status, answer) = world.call("POST", "/admin/settle", &decision).await;
    assert_eq!(status, 303, "{answer}");
    world.until_state(&order, "settled").await;
    assert_eq!(
        world.call("POST", "/admin/settle", &json!({ "id": id, "verdict": "maybe", "by": "Kim", "why": "?" })).await.0,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_shop_cannot_use_is_parked_shown_and_replayed() {
    let world = World::new("parked").await;
    let (_, order) = world.order("10.00").await;
    // The shop has lost its order, so nothing can be shipped.
    change(&world, "UPDATE orders SET reference = 'lost'").await;
    let (_, orders) = world.call("GET", "/admin", &json!({})).await;
    let id = world.sandbox.orders().unwrap()[0].id().to_owned();
    assert!(orders.as_str().unwrap().contains(&id));
    let _ = world.sandbox.pay(&id).await.unwrap();
    until_admin_shows(&world, "the shop does not have an order with this reference").await;
    assert_eq!(world.page(&format!("/orders/{order}")).await.0, 404);
    // Fixed, and replayed.
    change(&world, &format!("UPDATE orders SET reference = '{order}'")).await;
    assert_eq!(world.call("POST", "/admin/replay", &json!({ "id": id })).await.0, 303);
    world.until_paid_once(&order).await;
    assert_eq!(world.call("POST", "/admin/replay", &json!({ "id": "no-such-order" })).await.0, 404);
}

/// Changes the shop's own table without the shop.
async fn change(world: &World, sql: &str) {
    let mut transaction = Sqlite::file(world.database()).begin(Duration::from_secs(5)).await.unwrap();
    assert_eq!(transaction.execute(sql, &[]).await.unwrap(), 1);
    transaction.commit().await.unwrap();
}
