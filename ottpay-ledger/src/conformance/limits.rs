//! Cases about time limits and concurrent transactions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::bench::{Bench, Wrong, expect_equal, expect_error, expect_not_committed, first_value};
use super::case::Case;
use crate::store::StoreErrorKind;

pub(super) const CASES: [Case; 6] = [
    Case { name: "a transaction ends at its limit while its holder sleeps", run: |bench| Box::pin(asleep(bench)) },
    Case { name: "a transaction ends at its limit while its holder is busy", run: |bench| Box::pin(busy(bench)) },
    Case { name: "a statement ends at the limit", run: |bench| Box::pin(endless(bench)) },
    Case { name: "two transactions do not change one row at once", run: |bench| Box::pin(exclusion(bench)) },
    Case { name: "many transactions begin at once", run: |bench| Box::pin(many(bench)) },
    Case { name: "a huge answer is an error", run: |bench| Box::pin(huge(bench)) },
];

const SHORT: Duration = Duration::from_millis(800);

/// How long after its limit a transaction may end.
const LATE: Duration = Duration::from_secs(4);

async fn asleep(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("asleep", "a BIGINT PRIMARY KEY, b BIGINT").await?;
    let mut tx = bench.begin().await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (1, 1)"), &[]).await?;
    tx.commit().await?;

    let mut held = bench.first.begin(SHORT).await?;
    let start = Instant::now();
    held.execute(&format!("UPDATE {table} SET b = 2"), &[]).await?;
    // Another transaction continues as soon as the limit has passed, although the holder makes no call.
    let mut other = bench.second.begin(LATE * 4).await?;
    other.execute(&format!("UPDATE {table} SET b = b + 10"), &[]).await?;
    if start.elapsed() > SHORT + LATE {
        return Err(Wrong(format!("another transaction waited for {:?}", start.elapsed())));
    }
    other.commit().await?;
    let found = held.query(&format!("SELECT b FROM {table}"), &[]).await;
    expect_error("a call after the limit", found, StoreErrorKind::Expired)?;
    let error = expect_not_committed("a commit after the limit", held.commit().await)?;
    expect_equal("the kind of the error", &error.kind(), &StoreErrorKind::Expired)?;
    let found = bench.read(&format!("SELECT b FROM {table}")).await?;
    expect_equal("the row", &first_value::<i64>(&found)?, &11)?;

    let held = bench.first.begin(SHORT).await?;
    tokio::time::sleep(SHORT + SHORT).await;
    expect_not_committed("a commit after the limit", held.commit().await).map(drop)
}

async fn busy(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("busy", "a BIGINT").await?;
    let mut tx = bench.first.begin(SHORT).await?;
    let start = Instant::now();
    let error = loop {
        if let Err(error) = tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await {
            break error;
        }
        if start.elapsed() > SHORT + LATE {
            return Err(Wrong("the transaction is still open".to_owned()));
        }
        tokio::time::sleep(SHORT / 20).await;
    };
    expect_equal("the kind of the error", &error.kind(), &StoreErrorKind::Expired)?;
    drop(tx);
    expect_equal("rows", &bench.count(&table).await?, &0)
}

async fn endless(bench: &Bench) -> Result<(), Wrong> {
    let start = Instant::now();
    let mut tx = bench.first.begin(SHORT).await?;
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    expect_error("an endless statement", tx.query(sql, &[]).await, StoreErrorKind::Expired)?;
    if start.elapsed() > SHORT + LATE { Err(Wrong("it took too long".to_owned())) } else { Ok(()) }
}

async fn exclusion(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("exclusion", "a BIGINT").await?;
    let mut tx = bench.begin().await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (0)"), &[]).await?;
    tx.commit().await?;
    let mut tasks = JoinSet::new();
    for index in 0..8 {
        let store = Arc::clone(if index % 2 == 0 { &bench.first } else { &bench.second });
        let select = format!("SELECT a FROM {table} {}", bench.lock());
        let update = format!("UPDATE {table} SET a = $1");
        tasks.spawn(async move {
            let mut tx = store.begin(Duration::from_secs(20)).await?;
            let found: i64 = first_value(&tx.query(&select, &[]).await?)?;
            tokio::task::yield_now().await;
            tx.execute(&update, &[(found + 1).into()]).await?;
            Ok(tx.commit().await?)
        });
    }
    join(tasks).await?;
    expect_equal("the sum", &first_value::<i64>(&bench.read(&format!("SELECT a FROM {table}")).await?)?, &8)
}

async fn many(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("many", "a BIGINT").await?;
    let mut tasks = JoinSet::new();
    for index in 0..100_i64 {
        let store = Arc::clone(if index % 2 == 0 { &bench.first } else { &bench.second });
        let insert = format!("INSERT INTO {table} VALUES ($1)");
        tasks.spawn(async move {
            let mut tx = store.begin(Duration::from_secs(20)).await?;
            tx.execute(&insert, &[index.into()]).await?;
            Ok(tx.commit().await?)
        });
    }
    join(tasks).await?;
    expect_equal("rows", &bench.count(&table).await?, &100)
}

async fn join(mut tasks: JoinSet<Result<(), Wrong>>) -> Result<(), Wrong> {
    while let Some(result) = tasks.join_next().await {
        result.map_err(|_| Wrong("the store panicked".to_owned()))??;
    }
    Ok(())
}

async fn huge(bench: &Bench) -> Result<(), Wrong> {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n";
    expect_error("300,000 rows", bench.begin().await?.query(rows, &[]).await, StoreErrorKind::Statement)?;
    let large = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
                 SELECT CAST($1 AS TEXT) FROM n";
    let value = "a".repeat(1 << 20);
    let found = bench.begin().await?.query(large, &[value.into()]).await;
    expect_error("200 MiB", found, StoreErrorKind::Statement)?;
    let found = bench.begin().await?.query("SELECT CAST(7 AS BIGINT)", &[]).await?;
    expect_equal("a query after them", &first_value::<i64>(&found)?, &7)
}
