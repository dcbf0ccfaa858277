//! Cases about values, parameters, and row counts.

use super::bench::{Bench, Wrong, expect_equal, expect_error, expect_row, first_value};
use super::case::Case;
use crate::store::{StoreErrorKind, Value};

pub(super) const CASES: [Case; 9] = [
    Case { name: "a parameter has the value of its number", run: |bench| Box::pin(numbers(bench)) },
    Case { name: "a parameter without a value is an error", run: |bench| Box::pin(missing(bench)) },
    Case { name: "null is kept", run: |bench| Box::pin(null(bench)) },
    Case { name: "64-bit integers are kept", run: |bench| Box::pin(integers(bench)) },
    Case { name: "text is kept", run: |bench| Box::pin(text(bench)) },
    Case { name: "bytes are kept", run: |bench| Box::pin(bytes(bench)) },
    Case { name: "booleans are kept", run: |bench| Box::pin(booleans(bench)) },
    Case { name: "changed rows are counted", run: |bench| Box::pin(counts(bench)) },
    Case { name: "RETURNING returns rows", run: |bench| Box::pin(returning(bench)) },
];

async fn numbers(bench: &Bench) -> Result<(), Wrong> {
    let mut tx = bench.begin().await?;
    let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT)";
    let found = tx.query(sql, &["one".into(), "two".into()]).await?;
    expect_row("$2, $1, $2", &found, &["two".into(), "one".into(), "two".into()])?;
    let eleven: Vec<Value> = (1..=11).map(Value::Int).collect();
    let found = tx.query("SELECT $11, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10", &eleven).await?;
    expect_equal("$11", &first_value::<i64>(&found)?, &11)
}

async fn missing(bench: &Bench) -> Result<(), Wrong> {
    let found = bench.begin().await?.query("SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)", &["one".into()]).await;
    expect_error("$2 without a value", found, StoreErrorKind::Statement)?;
    let found = bench.begin().await?.execute("SELECT CAST($1 AS TEXT)", &[]).await;
    expect_error("$1 without a value", found, StoreErrorKind::Statement).map(drop)
}

async fn null(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("null", "a BIGINT, b TEXT, c BYTES, d BOOLEAN").await?;
    let mut tx = bench.begin().await?;
    let bytes = if bench.lock().is_empty() { "BLOB" } else { "BYTEA" };
    let sql = format!("INSERT INTO {table} VALUES (CAST($1 AS BIGINT), $1, CAST($1 AS {bytes}), CAST($1 AS BOOLEAN))");
    tx.execute(&sql, &[Value::Null]).await?;
    let found = tx.query(&format!("SELECT a, b, c, d FROM {table}"), &[]).await?;
    expect_row("null", &found, &[Value::Null, Value::Null, Value::Null, Value::Null])
}

async fn integers(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("integers", "a BIGINT").await?;
    // The next to last number is the first one that a 64-bit float cannot represent.
    for number in [i64::MIN, -1, 0, 1, i64::from(u32::MAX), (1 << 53) + 1, i64::MAX] {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("INSERT INTO {table} VALUES ($1)"), &[number.into()]).await?;
        let found = tx.query(&format!("SELECT a FROM {table} WHERE a = $1"), &[number.into()]).await?;
        expect_equal("a number", &first_value::<i64>(&found)?, &number)?;
    }
    Ok(())
}

async fn text(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("text", "a TEXT").await?;
    let long = "長い".repeat(50_000);
    for text in ["", " ", "'; DROP TABLE x; --", "\"\\%_$1?", "Zoë 支付 🍵\u{301}\n\t\u{200b}", &long] {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("INSERT INTO {table} VALUES ($1)"), &[text.into()]).await?;
        let found = tx.query(&format!("SELECT a FROM {table}"), &[]).await?;
        expect_row("text", &found, &[text.into()])?;
    }
    Ok(())
}

async fn bytes(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("bytes", "a BYTES").await?;
    for bytes in [Vec::new(), vec![0], (0..=u8::MAX).collect()] {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("INSERT INTO {table} VALUES ($1)"), &[bytes.clone().into()]).await?;
        let found = tx.query(&format!("SELECT a FROM {table}"), &[]).await?;
        expect_row("bytes", &found, &[bytes.into()])?;
    }
    Ok(())
}

async fn booleans(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("booleans", "a BOOLEAN").await?;
    for flag in [true, false] {
        let mut tx = bench.begin().await?;
        tx.execute(&format!("INSERT INTO {table} VALUES ($1)"), &[flag.into()]).await?;
        let found = tx.query(&format!("SELECT a FROM {table}"), &[]).await?;
        expect_equal("a truth value", &first_value::<bool>(&found)?, &flag)?;
    }
    Ok(())
}

async fn counts(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("counts", "a BIGINT PRIMARY KEY, b BIGINT").await?;
    let mut tx = bench.begin().await?;
    for (sql, expected) in [
        ("INSERT INTO {t} VALUES (1, 1), (2, 1)", 2),
        ("UPDATE {t} SET b = 2", 2),
        ("UPDATE {t} SET b = 3 WHERE a = 9", 0),
        ("INSERT INTO {t} VALUES (1, 9) ON CONFLICT (a) DO NOTHING", 0),
        ("INSERT INTO {t} VALUES (1, 9) ON CONFLICT (a) DO UPDATE SET b = excluded.b", 1),
        ("INSERT INTO {t} VALUES (3, 1) RETURNING a", 1),
        ("UPDATE {t} SET b = 1", 3),
        // Not the count of the statement before it.
        ("SAVEPOINT s", 0),
        ("CREATE INDEX {t}_b ON {t} (b)", 0),
        ("DELETE FROM {t} WHERE a = 1", 1),
    ] {
        let sql = sql.replace("{t}", &table);
        expect_equal(&sql, &tx.execute(&sql, &[]).await?, &expected)?;
    }
    Ok(())
}

async fn returning(bench: &Bench) -> Result<(), Wrong> {
    let table = bench.table("returning", "a BIGINT PRIMARY KEY, b TEXT").await?;
    let mut tx = bench.begin().await?;
    let sql = format!("INSERT INTO {table} VALUES ($1, $2) RETURNING b, a");
    let found = tx.query(&sql, &[7.into(), "tea".into()]).await?;
    expect_row("INSERT RETURNING", &found, &["tea".into(), 7.into()])?;
    let sql = format!("UPDATE {table} SET a = a + 1 WHERE a > $1 RETURNING a");
    expect_equal("UPDATE RETURNING", &first_value::<i64>(&tx.query(&sql, &[0.into()]).await?)?, &8)?;
    expect_equal("without rows", &tx.query(&sql, &[9.into()]).await?.len(), &0)?;
    let update = format!("UPDATE {table} SET b = 'milk'");
    expect_equal("a query without columns", &tx.query(&update, &[]).await?.len(), &0)?;
    tx.commit().await?;
    let found = bench.read(&format!("SELECT a, b FROM {table}")).await?;
    expect_row("after the commit", &found, &[8.into(), "milk".into()])
}
