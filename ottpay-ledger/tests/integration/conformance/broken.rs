//! Stores with one bug each, which the suite has to find.

use std::sync::Arc;
use std::time::Duration;

use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value};
use ottpay_ledger::{Sqlite, conformance};
use tokio::task::JoinSet;

/// The bug.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// `$1` is the first parameter that appears, as it is to SQLite.
    ByAppearance,
    /// Numbers go through a float.
    Floats,
    EmptyBytesAreNull,
    /// The count is the number of rows that were examined.
    CountsReturned,
    /// Dropped: committed.
    CommitsOnDrop,
    /// Reports a commit, but discards it.
    ForgetsCommit,
    /// Uses a longer limit than requested.
    NoLimit,
    /// Reports every error as one of the statement.
    OneKind,
    ShowsValues,
    /// Continues in a transaction that was ended explicitly.
    GoesOn,
    CutsHugeAnswers,
}

#[derive(Debug, Clone)]
struct Broken(Sqlite, Fault);

impl Store for Broken {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        let limit = if self.1 == Fault::NoLimit { limit + Duration::from_secs(5) } else { limit };
        Box::pin(async move {
            let tx = Some(self.0.begin(limit).await?);
            Ok(Box::new(BrokenTx { tx, store: Arc::new(self.clone()), is_over: false }) as Box<dyn RawTx>)
        })
    }
}

struct BrokenTx {
    tx: Option<Box<dyn RawTx>>,
    store: Arc<Broken>,
    is_over: bool,
}

impl BrokenTx {
    fn change(&self, sql: &str, values: &[Value]) -> (String, Vec<Value>) {
        let fault = self.store.1;
        let mut sql = sql.to_owned();
        if fault == Fault::ByAppearance && sql.starts_with("SELECT CAST($2 AS TEXT), CAST($1") {
            sql = "SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($1 AS TEXT)".to_owned();
        }
        let values = values.iter().map(|value| match (value, fault) {
            (Value::Int(number), Fault::Floats) => Value::Int(*number as f64 as i64),
            (Value::Bytes(bytes), Fault::EmptyBytesAreNull) if bytes.is_empty() => Value::Null,
            (value, _) => value.clone(),
        });
        (sql, values.collect())
    }

    fn alter(&self, error: StoreError, values: &[Value]) -> StoreError {
        match self.store.1 {
            Fault::OneKind => StoreError::new(StoreErrorKind::Statement, error.to_string()),
            Fault::ShowsValues => {
                let values: Vec<String> = values
                    .iter()
                    .filter_map(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None })
                    .collect();
                StoreError::new(error.kind(), format!("{error}: {values:?}"))
            }
            _ => error,
        }
    }
}

impl RawTx for BrokenTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let fault = self.store.1;
            if fault == Fault::GoesOn && ["COMMIT", "/* a */ rollback", "END"].contains(&sql) {
                self.is_over = true;
                return Ok(0);
            }
            let (sql, changed) = self.change(sql, values);
            let tx = self.tx.as_mut().unwrap();
            if fault == Fault::CountsReturned {
                return Ok(tx.query(&sql, &changed).await?.len() as u64);
            }
            let result = tx.execute(&sql, &changed).await;
            result.map_err(|error| self.alter(error, values))
        })
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        Box::pin(async move {
            let (mut sql, changed) = self.change(sql, values);
            if self.store.1 == Fault::CutsHugeAnswers {
                sql = sql.replace("300000", "10");
            }
            let result = self.tx.as_mut().unwrap().query(&sql, &changed).await;
            result.map_err(|error| self.alter(error, values))
        })
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async move {
            let tx = self.tx.take().unwrap();
            if self.store.1 == Fault::ForgetsCommit || self.is_over {
                return Ok(());
            }
            tx.commit().await
        })
    }
}

impl Drop for BrokenTx {
    fn drop(&mut self) {
        if let (Some(tx), Fault::CommitsOnDrop) = (self.tx.take(), self.store.1) {
            tokio::spawn(tx.commit());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_finds_a_store_that_is_wrong() {
    let mut tasks = JoinSet::new();
    for (fault, case) in [
        (Fault::ByAppearance, "a parameter has the value of its number"),
        (Fault::Floats, "64-bit integers are kept"),
        (Fault::EmptyBytesAreNull, "bytes are kept"),
        (Fault::CountsReturned, "changed rows are counted"),
        (Fault::CommitsOnDrop, "text is kept"),
        (Fault::ForgetsCommit, "null is kept"),
        (Fault::NoLimit, "a transaction ends at its limit while its holder sleeps"),
        (Fault::OneKind, "a violated constraint is a conflict, and no part of it is committed"),
        (Fault::ShowsValues, "an error does not show values"),
        (Fault::GoesOn, "a commit or rollback inside the transaction is detected"),
        (Fault::CutsHugeAnswers, "a huge answer is an error"),
    ] {
        tasks.spawn(async move {
            let store = Broken(Sqlite::memory(), fault);
            let failed = conformance::run(|| async { store.clone() }).await.unwrap_err();
            assert_eq!(failed.case(), case, "{fault:?}: {failed}");
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap();
    }
}
