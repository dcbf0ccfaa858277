//! A shop that acts upon events in transactions of sqlx.

use ottpay_ledger::store::Value;
use ottpay_ledger::{Claim, Kind};
use sqlx::{PgPool, SqlitePool};

/// How a claim ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// The shop's rows and the mark that the event is done are committed.
    Committed,
    /// The event belongs to another claimant by now, and nothing was written.
    Late,
}

/// Acts upon an event in one transaction on SQLite.
pub async fn act_on_sqlite(pool: &SqlitePool, claim: &Claim) -> Result<Ended, sqlx::Error> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let (sql, values) = claim.completion();
    let mut completion = sqlx::query(sqlx::AssertSqlSafe(sql));
    for value in values {
        completion = match value {
            Value::Text(text) => completion.bind(text.as_str()),
            Value::Int(number) => completion.bind(*number),
            other => return Err(unexpected(other)),
        };
    }
    if completion.execute(&mut *tx).await?.rows_affected() != 1 {
        tx.rollback().await?;
        return Ok(Ended::Late);
    }
    if let Kind::Paid(payment) = &claim.event().kind {
        let update = sqlx::query("UPDATE shop_orders SET paid = paid + $2 WHERE name = $1");
        let paid = i64::try_from(payment.paid().amount().minor()).unwrap_or(i64::MAX);
        update.bind(claim.event().reference.as_str()).bind(paid).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(Ended::Committed)
}

/// The same on PostgreSQL.
pub async fn act_on_postgres(pool: &PgPool, claim: &Claim) -> Result<Ended, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let (sql, values) = claim.completion();
    let mut completion = sqlx::query(sqlx::AssertSqlSafe(sql));
    for value in values {
        completion = match value {
            Value::Text(text) => completion.bind(text.as_str()),
            Value::Int(number) => completion.bind(*number),
            other => return Err(unexpected(other)),
        };
    }
    if completion.execute(&mut *tx).await?.rows_affected() != 1 {
        tx.rollback().await?;
        return Ok(Ended::Late);
    }
    if let Kind::Paid(payment) = &claim.event().kind {
        let update = sqlx::query("UPDATE shop_orders SET paid = paid + $2 WHERE name = $1");
        let paid = i64::try_from(payment.paid().amount().minor()).unwrap_or(i64::MAX);
        update.bind(claim.event().reference.as_str()).bind(paid).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(Ended::Committed)
}

fn unexpected(value: &Value) -> sqlx::Error {
    sqlx::Error::Protocol(format!("the completion has {value:?} as a parameter"))
}
