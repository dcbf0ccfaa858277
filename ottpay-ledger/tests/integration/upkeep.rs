//! Old data is deleted, orders and keys of events are kept, and alerts report what has waited for too long.

use std::time::Duration;

use ottpay_ledger::store::{Dialect, Store as _};

use crate::common::Shared;
use crate::handled::{Following, eventually, on_each_database};

on_each_database![
    rule_14_bodies_and_hints_go_after_their_time_and_orders_and_keys_stay,
    everything_old_is_deleted_in_one_round_of_several_batches,
    one_round_of_upkeep_is_enough_for_every_worker,
    a_callback_that_arrives_while_old_ones_are_deleted_is_kept,
    callbacks_that_no_query_confirms_tell_of_a_query_that_may_not_serve,
    callbacks_that_wait_too_long_are_reported,
    an_altered_callback_is_reported,
    a_clock_that_was_far_ahead_stops_nothing,
    an_order_that_is_due_in_five_weeks_is_not_queried_now,
];

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn rule_14_bodies_and_hints_go_after_their_time_and_orders_and_keys_stay(store: Shared) {
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.run(
        "INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest) VALUES ('M', 'T9', 1, 1000, ''),
         ('M', 'T8', 1, 99999999999999, '')",
    )
    .await;
    let worker = shop.work();
    shop.until_written(1).await;
    let count = async |what: &str| shop.text(&format!("SELECT COUNT(*) FROM {what}")).await;
    assert_eq!(count("ottpay_events WHERE body IS NOT NULL").await, "1");
    worker.abort();
    shop.shop.ledger.advance(29 * DAY);
    let worker = shop.work();
    eventually("a stray goes", async || count("ottpay_strays").await == "1").await;
    assert_eq!(count("ottpay_events WHERE body IS NOT NULL").await, "1");
    assert_eq!(count("ottpay_hints").await, "1");
    worker.abort();
    shop.shop.ledger.advance(2 * DAY);
    let _worker = shop.work();
    eventually("hints go", async || count("ottpay_hints").await == "0").await;
    assert_eq!(count("ottpay_events WHERE body IS NOT NULL").await, "0");
    assert_eq!((count("ottpay_events").await.as_str(), count("ottpay_orders").await.as_str()), ("1", "1"));
    // A callback from long ago is posted again.
    shop.hint("T1").await;
    eventually("the hint is taken", async || shop.text("SELECT seen - taken FROM ottpay_hints").await == "0").await;
    assert_eq!((shop.calls(), shop.written().await.len()), (1, 1), "nothing is handed over twice");
}

async fn everything_old_is_deleted_in_one_round_of_several_batches(store: Shared) {
    let shop = Following::open(store).await;
    shop.run(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200)
         INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest) SELECT 'M', 'T' || n, 1, 1000, '' FROM numbers",
    )
    .await;
    let begun = shop.shop.store.begins();
    assert!(shop.shop.ledger.claim().await.unwrap().is_none());
    let transactions = shop.shop.store.begins() - begun;
    assert!(transactions < 30, "{transactions}");
    assert_eq!(shop.text("SELECT COUNT(*) FROM ottpay_strays").await, "0");
}

async fn one_round_of_upkeep_is_enough_for_every_worker(store: Shared) {
    let shop = Following::open(store).await;
    let claim = async || assert!(shop.shop.ledger.claim().await.unwrap().is_none());
    claim().await;
    shop.run("INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest) VALUES ('M', 'T9', 1, 1000, '')").await;
    let strays = async || shop.text("SELECT COUNT(*) FROM ottpay_strays").await;
    claim().await;
    assert_eq!(strays().await, "1", "a moment after the first round");
    shop.shop.ledger.advance(Duration::from_secs(3600));
    claim().await;
    assert_eq!(strays().await, "0");
}

async fn a_callback_that_arrives_while_old_ones_are_deleted_is_kept(store: Shared) {
    // On SQLite there is one transaction at a time.
    if store.dialect() == Dialect::Sqlite {
        return;
    }
    let shop = Following::open(store).await;
    shop.paid("T1", "cart 1").await;
    shop.hint("T1").await;
    let worker = shop.work();
    shop.until_written(1).await;
    worker.abort();
    shop.shop.ledger.advance(31 * DAY);
    // Two callbacks are being stored, and acknowledged as soon as that is committed.
    for table in ["hints", "strays"] {
        if table == "strays" {
            let values = "('M', 'T9', 1, 1000, '')";
            shop.run(&format!("INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest) VALUES {values}")).await;
        }
        let mut tx = shop.shop.store.begin(Duration::from_secs(5)).await.unwrap();
        let sql = format!("UPDATE ottpay.{table} SET seen = seen + 1, last_at = 99999999999999");
        assert_eq!(tx.execute(&sql, &[]).await.unwrap(), 1);
        let worker = shop.work();
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                       WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE%' AND datname = current_database()";
        eventually("the upkeep waits", async || shop.text(waiting).await == "1").await;
        tx.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(shop.text(&format!("SELECT COUNT(*) FROM ottpay_{table}")).await, "1", "{table}");
        worker.abort();
        shop.shop.ledger.advance(Duration::from_secs(61));
    }
}

async fn callbacks_that_no_query_confirms_tell_of_a_query_that_may_not_serve(store: Shared) {
    let shop = Following::open(store).await;
    for id in ["T1", "T2", "T3"] {
        shop.order(id, id).await;
        shop.hint(id).await;
    }
    shop.run("UPDATE ottpay_hints SET vouched_at = last_at").await;
    let worker = shop.work();
    eventually("all are asked about", async || {
        shop.text("SELECT COUNT(*) FROM ottpay_orders WHERE asked > 0").await == "3"
    })
    .await;
    worker.abort();
    shop.shop.ledger.advance(Duration::from_secs(61));
    let _worker = shop.work();
    eventually("people are told", async || shop.alerts().contains(&"unproven")).await;
}

async fn callbacks_that_wait_too_long_are_reported(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    shop.hint("T1").await;
    // A worker that hangs holds it.
    shop.run("UPDATE ottpay_orders SET turn_until = 99999999999999").await;
    shop.shop.ledger.advance(Duration::from_secs(601));
    let _worker = shop.work();
    eventually("people are told", async || shop.alerts() == ["delayed"]).await;
}

async fn an_altered_callback_is_reported(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    shop.hint("T1").await;
    shop.run("UPDATE ottpay_hints SET differing = 1").await;
    let _worker = shop.work();
    eventually("people are told", async || shop.alerts() == ["tampered"]).await;
}

async fn a_clock_that_was_far_ahead_stops_nothing(store: Shared) {
    let shop = Following::open(store).await;
    for id in ["T1", "T2", "T3"] {
        shop.paid(id, id).await;
    }
    let far = "99999999999999";
    shop.run(&format!("INSERT INTO ottpay_settings (name, value) VALUES ('upkeep', '{far}')")).await;
    shop.run(&format!("UPDATE ottpay_orders SET next_at = {far}")).await;
    shop.run(&format!("UPDATE ottpay_orders SET turn_until = {far} WHERE id = 'T2'")).await;
    shop.run(&format!("UPDATE ottpay_orders SET state = 'sending', sending_until = {far} WHERE id = 'T3'")).await;
    let _worker = shop.work();
    let mut written = shop.until_written(3).await;
    written.sort();
    let kinds: Vec<_> = written.iter().map(|row| &row[..7]).collect();
    assert_eq!(kinds, ["paid T1", "paid T2", "paid T3"]);
}

async fn an_order_that_is_due_in_five_weeks_is_not_queried_now(store: Shared) {
    let shop = Following::open(store).await;
    shop.order("T1", "cart 1").await;
    shop.run("UPDATE ottpay_orders SET next_at = alive_at + CAST(3024000000 AS BIGINT)").await;
    for _ in 0..2 {
        assert!(shop.shop.ledger.claim().await.unwrap().is_none());
        assert_eq!(shop.text("SELECT asked FROM ottpay_orders").await, "0");
    }
}
