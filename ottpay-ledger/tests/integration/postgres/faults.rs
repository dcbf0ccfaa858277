//! A server or a connection that fails between transactions or inside them.

use ottpay_ledger::Postgres;
use ottpay_ledger::store::{CommitError, Store, StoreErrorKind};

use super::proxy::Proxy;
use super::{LIMIT, begin, count, not_committed, run, text};
use crate::postgres_server::{self, Server};

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_replaced_without_an_error() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    // Two that are idle.
    let (first, second) = (begin(&store).await, begin(&store).await);
    drop((first, second));
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut tx = begin(&store).await;
    let mine = text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await;
    let database = text(&mut tx, "SELECT CAST(current_database() AS TEXT)").await;
    drop(tx);
    // At once, before the end of the connections is noticed here.
    let kill = kill.replace("current_database()", &format!("'{database}'"));
    server.administer(&kill);
    let mut tx = begin(&store).await;
    assert_ne!(text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await, mine);
}

#[tokio::test]
async fn a_connection_that_is_closed_inside_a_transaction_ends_it() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT)").await;
    let mut tx = begin(&store).await;
    tx.execute("INSERT INTO t VALUES (1)", &[]).await.unwrap();
    let pid = text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await;
    server.administer(&format!("SELECT pg_terminate_backend({pid})"));
    let error = tx.execute("INSERT INTO t VALUES (2)", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    assert_eq!(not_committed(tx.commit().await).kind(), StoreErrorKind::Unavailable);
    assert_eq!(count(&store).await, 0);

    // A statement that is cancelled from outside, and one that is in the way of another.
    let mut tx = begin(&store).await;
    let pid = text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await;
    let cancel = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        server.administer(&format!("SELECT pg_cancel_backend({pid})"));
    };
    let (slept, ()) = tokio::join!(tx.query("SELECT pg_sleep(9)", &[]), cancel);
    assert_eq!(slept.unwrap_err().kind(), StoreErrorKind::Expired);
    let mut other = begin(&store).await;
    other.execute("LOCK TABLE t", &[]).await.unwrap();
    let error = begin(&store).await.execute("LOCK TABLE t NOWAIT", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Serialization, "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_at_pgbouncer_ends_only_its_transaction() {
    let Some(server) = postgres_server::shared() else { return };
    let Some(address) = server.through_pgbouncer(&server.fresh_database()) else { return };
    let store = Postgres::connect(&address).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT)").await;
    let mut tx = begin(&store).await;
    tx.execute("INSERT INTO t VALUES (1)", &[]).await.unwrap();
    let pid = text(&mut tx, "SELECT CAST(pg_backend_pid() AS TEXT)").await;
    server.administer(&format!("SELECT pg_terminate_backend({pid})"));
    let error = tx.execute("INSERT INTO t VALUES (2)", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    assert_eq!(not_committed(tx.commit().await).kind(), StoreErrorKind::Unavailable);
    assert_eq!(count(&store).await, 0);
}

#[tokio::test]
async fn an_answer_to_commit_that_is_lost_is_unknown() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    let proxy = Proxy::start(server.port(), b"; COMMIT").await;
    let direct = Postgres::connect(&address).await.unwrap();
    run(&direct, "CREATE TABLE t (a BIGINT)").await;
    let through = address.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port));
    let store = Postgres::connect(&through).await.unwrap();
    run(&store, "INSERT INTO t VALUES (1)").await;
    proxy.arm();
    let mut tx = begin(&store).await;
    tx.execute("INSERT INTO t VALUES (2)", &[]).await.unwrap();
    match tx.commit().await {
        Err(CommitError::Unknown(error)) => assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}"),
        other => panic!("expected that it is unknown, found {other:?}"),
    }
    assert_eq!(count(&store).await, 2, "here it was committed, and the store continues without help");
}

#[tokio::test]
async fn a_lost_answer_to_a_statement_is_an_error_and_the_whole_is_rolled_back() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    let proxy = Proxy::start(server.port(), b"INSERT").await;
    let direct = Postgres::connect(&address).await.unwrap();
    run(&direct, "CREATE TABLE t (a BIGINT)").await;
    let through = address.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port));
    let store = Postgres::connect(&through).await.unwrap();
    let mut tx = begin(&store).await;
    proxy.arm();
    let error = tx.execute("INSERT INTO t VALUES (1)", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    assert_eq!(not_committed(tx.commit().await).kind(), StoreErrorKind::Unavailable);
    assert_eq!(count(&direct).await, 0);
}

#[tokio::test]
async fn a_constraint_that_is_checked_at_the_commit_is_a_conflict() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT UNIQUE DEFERRABLE INITIALLY DEFERRED)").await;
    let mut tx = begin(&store).await;
    tx.execute("INSERT INTO t VALUES (1), (1)", &[]).await.unwrap();
    assert_eq!(not_committed(tx.commit().await).kind(), StoreErrorKind::Conflict);
    assert_eq!(count(&store).await, 0);
}

#[tokio::test]
async fn two_transactions_that_wait_for_each_other_must_be_repeated() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT)").await;
    run(&store, "INSERT INTO t VALUES (1), (2)").await;
    let (mut first, mut second) = (begin(&store).await, begin(&store).await);
    first.execute("UPDATE t SET a = a WHERE a = 1", &[]).await.unwrap();
    second.execute("UPDATE t SET a = a WHERE a = 2", &[]).await.unwrap();
    let (one, two) = tokio::join!(
        first.execute("UPDATE t SET a = a WHERE a = 2", &[]),
        second.execute("UPDATE t SET a = a WHERE a = 1", &[])
    );
    let (lost, failed) = if one.is_err() { (first, one) } else { (second, two) };
    assert_eq!(failed.unwrap_err().kind(), StoreErrorKind::Serialization);
    // A caller that continues gets the same error again.
    assert_eq!(not_committed(lost.commit().await).kind(), StoreErrorKind::Serialization);
}

#[tokio::test]
async fn a_server_that_is_killed_and_restarted_keeps_committed_changes() {
    let Some(server) = Server::start_durable() else { return };
    let address = server.fresh_database();
    let store = Postgres::connect(&address).await.unwrap();
    run(&store, "CREATE TABLE t (a BIGINT)").await;
    run(&store, "INSERT INTO t VALUES (1)").await;
    let mut held = begin(&store).await;
    held.execute("INSERT INTO t VALUES (2)", &[]).await.unwrap();
    server.kill();
    let error = held.execute("INSERT INTO t VALUES (3)", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    assert_eq!(not_committed(held.commit().await).kind(), StoreErrorKind::Unavailable);
    let Err(error) = store.begin(LIMIT).await else { panic!("a transaction on a dead server") };
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    server.restart();
    assert_eq!(count(&store).await, 1);
    run(&store, "INSERT INTO t VALUES (4)").await;
    // Between two transactions it is not even noticed.
    server.kill();
    server.restart();
    assert_eq!(count(&store).await, 2);
}
