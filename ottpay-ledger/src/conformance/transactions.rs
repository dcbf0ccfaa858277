//! Cases about atomicity: all changes of a transaction exist, or none.

use std::task::{Context, Waker};

use super::bench::{Bench, Wrong, expect_equal, expect_error, expect_not_committed, first_value};
use super::case::Case;
use crate::store::{CommitError, StoreErrorKind};

pub(super) const CASES: [Case; 8] = [
    Case { name: "committed changes are visible to others", run: |bench| Box::pin(commit(bench)) },
    Case { name: "a dropped transaction is rolled back", run: |bench| Box::pin(dropped(bench)) },
    Case {
        name: "a violated constraint is a conflict, and no part of it is committed",
        run: |bench| Box::pin(conflict(bench)),
    },
    Case {
        name: "rolling back to a savepoint recovers from a failed statement",
        run: |bench| Box::pin(savepoint(bench)),
    },
    Case { name: "a wrong statement is a statement error", run: |bench| Box::pin(wrong(bench)) },
    Case { name: "an error does not show values", run: |bench| Box::pin(secret(bench)) },
    Case { name: "a commit or rollback inside the transaction is detected", run: |bench| Box::pin(by_hand(bench)) },
    Case { name: "an abandoned call leaves nothing half done", run: |bench| Box::pin(abandoned(bench)) },
];

async fn commit(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("commit", "a BIGINT").await?;
    let mut tx = bench.begin().await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (2)"), &[]).await?;
    tx.commit().await?;
    expect_equal("rows", &bench.count(&table).await?, &2)
}

async fn dropped(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("dropped", "a BIGINT").await?;
    // More often than a pool has connections.
    for _ in 0..50 {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await?;
    }
    // A later transaction on the same connection must not contain any of it.
    let mut tx = bench.begin().await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (2)"), &[]).await?;
    tx.commit().await?;
    expect_equal("rows", &bench.count(&table).await?, &1)
}

async fn conflict(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("conflict", "a BIGINT PRIMARY KEY, b BIGINT NOT NULL").await?;
    for bad in ["VALUES (1, 2)", "(a) VALUES (2)"] {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("DELETE FROM {table}"), &[]).await?;
        tx.execute(&format!("INSERT INTO {table} VALUES (1, 1)"), &[]).await?;
        let found = tx.execute(&format!("INSERT INTO {table} {bad}"), &[]).await;
        expect_error(bad, found, StoreErrorKind::Conflict)?;
        let expected = match tx.commit().await {
            Ok(()) => 1,
            Err(CommitError::NotCommitted(_)) => 0,
            Err(error) => return Err(error.into()),
        };
        expect_equal("rows", &bench.count(&table).await?, &expected)?;
    }
    Ok(())
}

async fn savepoint(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("savepoint", "a BIGINT PRIMARY KEY").await?;
    let mut tx = bench.begin().await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await?;
    tx.execute("SAVEPOINT s", &[]).await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (2)"), &[]).await?;
    let found = tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await;
    expect_error("a key that is there", found, StoreErrorKind::Conflict)?;
    tx.execute("ROLLBACK TO s", &[]).await?;
    tx.execute("RELEASE s", &[]).await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (3)"), &[]).await?;
    tx.commit().await?;
    let found = bench.read(&format!("SELECT a FROM {table} ORDER BY a")).await?;
    let found: Vec<i64> = found.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    expect_equal("rows", &found, &vec![1, 3])
}

async fn wrong(bench: &Bench) -> Result<(), Wrong> {
    for sql in ["SELECT nothing FROM conformance_nowhere", "NOT SQL", "SELECT 1; SELECT 2"] {
        let found = bench.begin().await?.query(sql, &[]).await;
        expect_error(sql, found, StoreErrorKind::Statement)?;
        let found = bench.begin().await?.execute(sql, &[]).await;
        expect_error(sql, found, StoreErrorKind::Statement)?;
    }
    Ok(())
}

async fn secret(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("secret", "a TEXT PRIMARY KEY, b BIGINT CHECK (b < 1000)").await?;
    for sql in [
        format!("INSERT INTO {table} VALUES ($1, 1), ($1, 2)"),
        format!("INSERT INTO {table} VALUES ($1, 4242)"),
        "SELECT CAST(CAST($1 AS TEXT) AS BIGINT)".to_owned(),
        "SELECT CAST($1 AS TEXT) FROM conformance_nowhere".to_owned(),
    ] {
        let mut tx = bench.begin().await?;
        if let Err(error) = tx.query(&sql, &["secret 4242".into()]).await
            && format!("{error} {error:?}").contains("4242")
        {
            return Err(Wrong(format!("{sql}: the error shows the value")));
        }
    }
    Ok(())
}

async fn by_hand(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("by_hand", "a BIGINT").await?;
    let not_open = StoreErrorKind::NotInTransaction;
    for end in ["COMMIT", "/* a */ rollback", "END"] {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await?;
        // A store may reject the statement or run it.
        let _ = tx.execute(end, &[]).await;
        let insert = format!("INSERT INTO {table} VALUES (2)");
        expect_error("after it", tx.execute(&insert, &[]).await, not_open)?;
        let error = expect_not_committed(end, tx.commit().await)?;
        expect_equal("the kind of the error", &error.kind(), &not_open)?;
    }
    let found = bench.read(&format!("SELECT count(*) FROM {table} WHERE a = 2")).await?;
    expect_equal("rows written outside of a transaction", &first_value::<i64>(&found)?, &0)
}

async fn abandoned(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("abandoned", "a BIGINT").await?;
    let mut tx = bench.begin().await?;
    tx.execute(&format!("INSERT INTO {table} VALUES (1)"), &[]).await?;
    {
        let insert = format!("INSERT INTO {table} VALUES (2)");
        let mut call = tx.execute(&insert, &[]);
        // The statement is sent, but its answer is not awaited.
        let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    let expected = match tx.commit().await {
        Ok(()) => 2,
        Err(CommitError::NotCommitted(_)) => 0,
        Err(error) => return Err(error.into()),
    };
    expect_equal("rows", &bench.count(&table).await?, &expected)?;
    // Abandoning a transaction while it begins must not affect others.
    for _ in 0..50 {
        let mut begin = bench.first.begin(std::time::Duration::from_secs(5));
        let _ = begin.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    expect_equal("rows", &bench.count(&table).await?, &expected)
}
