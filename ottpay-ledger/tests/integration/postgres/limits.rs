//! The settings of each transaction, which the server enforces without our help.

use std::time::{Duration, Instant};

use ottpay_ledger::Postgres;
use ottpay_ledger::store::{Store, StoreErrorKind};

use super::{begin, count, not_committed, run, text};
use crate::postgres_server;

#[tokio::test]
async fn a_commit_is_durable_whatever_the_server_does_by_default() {
    let Some(server) = postgres_server::shared() else { return };
    for (by_default, expected) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply"), ("on", "on")] {
        let address = server.fresh_database();
        let name = &address[address.rfind('/').unwrap() + 1..];
        server.administer(&format!("ALTER DATABASE {name} SET synchronous_commit = {by_default}"));
        let store = Postgres::connect(&address).await.unwrap();
        for _ in 0..2 {
            assert_eq!(text(&mut begin(&store).await, "SHOW synchronous_commit").await, expected);
        }
    }
}

#[tokio::test]
async fn a_transaction_is_read_write_and_read_committed_with_any_server_default() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    let name = &address[address.rfind('/').unwrap() + 1..];
    server.administer(&format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"));
    server.administer(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    let store = Postgres::connect(&address).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT)").await;
    assert_eq!(text(&mut begin(&store).await, "SHOW transaction_isolation").await, "read committed");
}

#[tokio::test]
async fn the_server_gets_the_rest_of_the_limit() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    let mut tx = store.begin(Duration::from_secs(2)).await.unwrap();
    assert_eq!(text(&mut tx, "SHOW idle_in_transaction_session_timeout").await, "2s");
    tokio::time::sleep(Duration::from_millis(600)).await;
    for name in ["idle_in_transaction_session_timeout", "statement_timeout"] {
        let left = text(&mut tx, &format!("SHOW {name}")).await;
        let left: u64 = left.strip_suffix("ms").unwrap().parse().unwrap();
        assert!((1..=1400).contains(&left), "{left} ms");
    }
    tx.commit().await.unwrap();
    let mut tx = begin(&store).await;
    assert_eq!(text(&mut tx, "SHOW statement_timeout").await, "10s", "it is set again for each transaction");
}

/// A handler that blocks its thread cannot be dropped, and none of our timers runs.
#[test]
fn a_holder_that_blocks_its_only_thread_loses_its_locks_at_the_limit() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let setup = async {
        let store = Postgres::connect(&address).await.unwrap();
        run(&store, "CREATE TABLE t (a BIGINT)").await;
    };
    runtime().block_on(setup);
    let (locked, is_locked) = std::sync::mpsc::channel();
    let other = address.clone();
    let other = std::thread::spawn(move || {
        runtime().block_on(async {
            let store = Postgres::connect(&other).await.unwrap();
            is_locked.recv().unwrap();
            let start = Instant::now();
            let mut tx = begin(&store).await;
            tx.execute("INSERT INTO t VALUES (2)", &[]).await.unwrap();
            tx.commit().await.unwrap();
            (start.elapsed(), count(&store).await)
        })
    });
    runtime().block_on(async {
        let store = Postgres::connect(&address).await.unwrap();
        let mut tx = store.begin(Duration::from_millis(500)).await.unwrap();
        tx.execute("LOCK TABLE t", &[]).await.unwrap();
        tx.execute("INSERT INTO t VALUES (1)", &[]).await.unwrap();
        locked.send(()).unwrap();
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!(not_committed(tx.commit().await).kind(), StoreErrorKind::Expired);
    });
    let (waited, rows) = other.join().unwrap();
    assert!(waited < Duration::from_millis(2500), "{waited:?}");
    assert_eq!(rows, 1);
}
