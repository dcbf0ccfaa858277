//! The store on PostgreSQL: what only it can get wrong.

mod connections;
mod faults;
mod limits;
mod proxy;
mod values;

use std::time::Duration;

use ottpay_ledger::Postgres;
use ottpay_ledger::store::{CommitError, RawTx, Store, StoreError};

const LIMIT: Duration = Duration::from_secs(10);

async fn begin(store: &Postgres) -> Box<dyn RawTx> {
    store.begin(LIMIT).await.unwrap()
}

/// The first column of the only row.
async fn text(tx: &mut Box<dyn RawTx>, sql: &str) -> String {
    tx.query(sql, &[]).await.unwrap()[0].get(0).unwrap()
}

async fn run(store: &Postgres, sql: &str) {
    let mut tx = begin(store).await;
    tx.execute(sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn count(store: &Postgres) -> i64 {
    begin(store).await.query("SELECT count(*) FROM t", &[]).await.unwrap()[0].get(0).unwrap()
}

/// The error of a connection that was refused, in all its forms.
fn shown(error: &StoreError) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        shown.push_str(&format!(" {inner} {inner:?}"));
        source = inner.source();
    }
    shown
}

fn not_committed(result: Result<(), CommitError>) -> StoreError {
    match result {
        Err(CommitError::NotCommitted(error)) => error,
        other => panic!("expected that it is not committed, found {other:?}"),
    }
}
