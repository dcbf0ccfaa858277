//! Both stores pass the suite that custom stores must pass: PostgreSQL directly and through PgBouncer.

mod broken;

use std::collections::BTreeSet;

use ottpay_ledger::{Postgres, Sqlite, conformance};

use crate::postgres_server;

#[tokio::test(flavor = "multi_thread")]
async fn rule_18_sqlite_in_memory_is_a_store() {
    let store = Sqlite::memory();
    conformance::run(|| async { store.clone() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_a_file_is_a_store_with_each_journal() {
    for is_wal in [false, true] {
        let file = std::env::temp_dir().join(format!("ottpay-conformance-{is_wal}-{}.db", std::process::id()));
        let result = conformance::run(|| async { Sqlite::file(&file).wal(is_wal) }).await;
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
        result.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_18_postgres_is_a_store() {
    let Some(server) = postgres_server::shared() else { return };
    let address = server.fresh_database();
    conformance::run(|| async { Postgres::connect(&address).await.unwrap() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_postgres_through_pgbouncer_in_transaction_mode_is_a_store() {
    let Some(server) = postgres_server::shared() else { return };
    let Some(address) = server.through_pgbouncer(&server.fresh_database()) else { return };
    conformance::run(|| async { Postgres::connect(&address).await.unwrap() }).await.unwrap();
}

#[test]
fn each_case_has_a_name_of_its_own() {
    let names: BTreeSet<_> = conformance::cases().map(|case| case.name).collect();
    assert_eq!(names.len(), conformance::cases().count());
    assert!(names.len() > 20);
}
