//! How it connects, and what it keeps.

use std::time::{Duration, Instant};

use ottpay_ledger::Postgres;
use ottpay_ledger::store::{Store, StoreErrorKind};
use ottpay_ledger::tokio_postgres::{Config, NoTls};

use super::{LIMIT, begin, run, shown, text};
use crate::postgres_server;

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = Postgres::connect(&format!("postgres://me:hidden@127.0.0.1:{port}/shop")).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!shown(&error).contains("hidden"));
}

#[tokio::test]
async fn a_password_is_in_no_text() {
    for address in [
        "postgres://me:hid/den@127.0.0.1:5432/shop",
        "postgres://me:hidden@127.0.0.1:port/shop",
        "postgres://me:hidden?hidden=1@127.0.0.1/shop",
        "postgres://me:x@127.0.0.1/shop?hidden=hidden",
        "host=127.0.0.1 password=hidden hidden",
        "postgres://me:hidden@127.0.0.1/shop?sslmode=verify-full",
        "hidden",
        "",
    ] {
        let error = Postgres::connect(address).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        assert!(!shown(&error).contains("hid"), "{address}: {error:?}");
    }
    let error = Postgres::connect("postgres://me:x@127.0.0.1/shop?sslmode=verify-full").await.unwrap_err();
    assert!(error.to_string().starts_with("cannot parse the database URL"), "{error}");
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    let password = address.split([':', '@']).nth(2).unwrap();
    assert_eq!(password.len(), 32);
    let store = Postgres::connect(&address).await.unwrap();
    assert_eq!(format!("{store:?}"), "Postgres { .. }");
    let wrong = address.replace(password, "hidden");
    let error = Postgres::connect(&wrong).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("check user and password"), "{error}");
    assert!(!shown(&error).contains("hidden"), "{error:?}");
    let missing = address.replace(&address[address.rfind('/').unwrap()..], "/nowhere");
    let error = Postgres::connect(&missing).await.unwrap_err();
    assert!(error.to_string().contains("the database does not exist"), "{error}");
}

#[tokio::test]
async fn tls_that_is_demanded_is_not_left_out() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    let error = Postgres::connect(&format!("{address}?sslmode=require")).await.unwrap_err();
    assert!(error.to_string().contains("use `Postgres::connect_with`"), "{error}");
    let config: Config = format!("{address}?sslmode=require").parse().unwrap();
    let error = Postgres::connect_with(config, NoTls).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn a_server_without_room_is_unavailable() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    server.administer("CREATE ROLE crowded LOGIN PASSWORD 'crowded' CONNECTION LIMIT 1");
    let password = address.split([':', '@']).nth(2).unwrap();
    let address = address.replace("//postgres:", "//crowded:").replace(password, "crowded");
    let store = Postgres::connect(&address).await.unwrap();
    let held = begin(&store).await;
    let Err(error) = store.begin(LIMIT).await else { panic!("a second connection") };
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("no connections left"), "{error}");
    drop(held);
    begin(&store).await;
}

#[tokio::test]
async fn a_connection_is_used_again_and_nothing_is_left_open_on_it() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT)").await;
    let mut tx = begin(&store).await;
    let first = text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await;
    tx.execute("INSERT INTO t VALUES (1)", &[]).await.unwrap();
    drop(tx);
    let mut tx = begin(&store).await;
    assert_eq!(text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await, first);
    assert_eq!(text(&mut tx, "SELECT CAST(count(*) AS TEXT) FROM t").await, "0");
    assert!(tx.query("SELECT nonsense", &[]).await.is_err());
    drop(tx);
    let mut tx = begin(&store).await;
    assert_eq!(text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await, first);
    // An abandoned call, however, closes its connection and releases its locks.
    tx.execute("LOCK TABLE t", &[]).await.unwrap();
    let call = tokio::time::timeout(Duration::from_millis(50), tx.query("SELECT pg_sleep(9)", &[])).await;
    assert!(call.is_err());
    let error = tx.query("SELECT 1", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Expired, "{error}");
    drop(tx);
    let mut tx = begin(&store).await;
    assert_ne!(text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await, first);
}

#[tokio::test]
async fn there_are_only_so_many_connections() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap().max_connections(2).unwrap();
    let (first, second) = (begin(&store).await, begin(&store).await);
    let start = Instant::now();
    let release = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(first);
    };
    let (third, ()) = tokio::join!(store.begin(LIMIT), release);
    let mut third = third.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(300));
    let sql = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'ottpay-ledger'";
    assert_eq!(text(&mut third, sql).await, "2");
    drop(second);
}

#[test]
fn a_store_outlives_the_runtime_in_which_it_was_made() {
    let Some(server) = postgres_server::shared() else { return };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime().block_on(Postgres::connect(&server.fresh_database())).unwrap();
    for _ in 0..3 {
        runtime().block_on(async { begin(&store).await.query("SELECT 1", &[]).await.unwrap() });
    }
}
