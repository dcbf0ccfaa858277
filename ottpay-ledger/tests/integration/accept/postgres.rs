//! Callbacks on PostgreSQL, where a worker's transaction does not keep them waiting.

use std::time::{Duration, Instant};

use super::shop::*;
use crate::postgres_server;
use ottpay_ledger::Postgres;
use ottpay_ledger::store::Store as _;
use tokio::task::JoinSet;

/// A shop in a database of its own, if there is a server.
async fn shop_on_postgres() -> Option<Shop<Postgres>> {
    let url = postgres_server::shared()?.fresh_database();
    Some(shop_in(Postgres::connect(&url).await.unwrap()).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_does_not_wait_for_the_order_that_a_worker_has_locked() {
    let Some(shop) = shop_on_postgres().await else { return };
    shop.note(MERCHANT, "T1", "open").await;
    let mut worker = shop.store.begin(Duration::from_secs(30)).await.unwrap();
    let locked = worker.query("SELECT id FROM ottpay.orders WHERE id = 'T1' FOR UPDATE", &[]).await.unwrap();
    assert_eq!(locked.len(), 1);
    worker.execute("UPDATE ottpay.orders SET state = 'paid' WHERE id = 'T1'", &[]).await.unwrap();

    let began = Instant::now();
    assert!(shop.accept(&paid("T1")).await.is_stored());
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    worker.commit().await.unwrap();
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 1)]);
}

/// Two processes, each with a ledger, receive callbacks for the same orders and for some that were never noted.
#[tokio::test(flavor = "multi_thread")]
async fn callbacks_for_the_same_orders_at_two_processes_are_all_counted() {
    const EACH: usize = 50;
    let Some(url) = postgres_server::shared().map(|server| server.fresh_database()) else { return };
    let shops =
        [shop_in(Postgres::connect(&url).await.unwrap()).await, shop_in(Postgres::connect(&url).await.unwrap()).await];
    for order in 0..8 {
        shops[0].note(MERCHANT, &format!("T{order}"), "open").await;
    }
    let mut connections = JoinSet::new();
    for connection in 0..32 {
        let ledger = shops[connection % 2].ledger.clone();
        connections.spawn(async move {
            for turn in 0..EACH {
                // Forwards and backwards; every ninth is a stray.
                let order = if connection % 4 < 2 { turn % 9 } else { 8 - turn % 9 };
                assert!(ledger.accept(&body(&paid(&format!("T{order}")))).await.is_stored());
            }
        });
    }
    while let Some(ended) = connections.join_next().await {
        ended.unwrap();
    }
    let hints: i64 = shops[0].hints().await.iter().map(|(_, _, seen)| seen).sum();
    let strays: i64 = shops[0].query("SELECT seen FROM {strays}", &[]).await[0].get(0).unwrap();
    assert_eq!(hints + strays, i64::try_from(32 * EACH).unwrap());
    assert!(strays > 0);
}
