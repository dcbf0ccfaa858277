//! A database whose answers are the input: a line for each row, an empty line between the answers, a column after each
//! tab. A column begins with its type, and a column without a type is absent.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, Value};

/// The maximum number of rows in an answer.
const MOST: usize = 50;

/// The rows of an answer.
type Rows = Vec<Row>;

/// Prepared answers; a query without one has no rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers(Arc<Mutex<VecDeque<Rows>>>);

impl Answers {
    pub(crate) fn set(&self, text: &str) {
        *self.lock() = parse(text);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Rows>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Answers {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn begin(&self, _: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async { Ok(Box::new(self.clone()) as Box<dyn RawTx>) })
    }
}

impl RawTx for Answers {
    fn execute<'a>(&'a mut self, _: &'a str, _: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async { Ok(1) })
    }

    fn query<'a>(&'a mut self, _: &'a str, _: &'a [Value]) -> BoxFuture<'a, Result<Rows, StoreError>> {
        let rows = self.lock().pop_front().unwrap_or_default();
        Box::pin(async { Ok(rows) })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async { Ok(()) })
    }
}

/// The answers of a text.
pub(crate) fn parse(text: &str) -> VecDeque<Rows> {
    let rows = |answer: &str| answer.lines().filter(|line| *line != "-").take(MOST).map(parse_row).collect();
    text.split("\n\n").map(rows).collect()
}

fn parse_row(line: &str) -> Row {
    Row::new(line.split('\t').filter_map(parse_column).collect())
}

fn parse_column(column: &str) -> Option<Value> {
    let mut characters = column.chars();
    let kind = characters.next()?;
    let rest = characters.as_str();
    Some(match kind {
        'i' => Value::Int(rest.parse().ok()?),
        's' => Value::Text(rest.to_owned()),
        'b' => Value::Bytes(rest.as_bytes().to_vec()),
        't' => Value::Bool(true),
        'f' => Value::Bool(false),
        _ => Value::Null,
    })
}

/// A database that records its answers, for the seeds.
#[derive(Debug, Clone)]
pub(crate) struct Recorder<S> {
    store: Arc<S>,
    written: Arc<Mutex<String>>,
}

impl<S> Recorder<S> {
    pub(crate) fn record(store: S) -> Self {
        Self { store: Arc::new(store), written: Arc::default() }
    }

    /// The answers since the last call.
    pub(crate) fn take_answers(&self) -> String {
        std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Store> Store for Recorder<S> {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async move {
            let (raw, written) = (self.store.begin(limit).await?, Arc::clone(&self.written));
            Ok(Box::new(Recording { raw, written }) as Box<dyn RawTx>)
        })
    }
}

struct Recording {
    raw: Box<dyn RawTx>,
    written: Arc<Mutex<String>>,
}

impl RawTx for Recording {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.raw.execute(sql, values)
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Rows, StoreError>> {
        Box::pin(async move {
            let rows = self.raw.query(sql, values).await?;
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            if !written.is_empty() {
                written.push_str("\n\n");
            }
            write_answer(&rows, &mut written);
            Ok(rows)
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        self.raw.commit()
    }
}

/// An answer as it is parsed; one without rows is a line of its own.
fn write_answer(rows: &[Row], out: &mut String) {
    if rows.is_empty() {
        out.push('-');
    }
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        for (index, value) in row.columns().iter().enumerate() {
            if index > 0 {
                out.push('\t');
            }
            write_column(value, out);
        }
    }
}

/// Times that do not depend on when the program runs, so that the seeds are always the same.
fn write_column(value: &Value, out: &mut String) {
    // Appending to a string cannot fail.
    let _ = match value {
        Value::Int(1_600_000_000_000..) => out.write_str("i1768642200000"),
        Value::Int(number) => write!(out, "i{number}"),
        Value::Text(text) => write!(out, "s{}", with_fixed_time(text)),
        Value::Bytes(bytes) => write!(out, "b{}", String::from_utf8_lossy(bytes)),
        Value::Bool(flag) => out.write_str(if *flag { "t" } else { "f" }),
        _ => out.write_str("n"),
    };
}

/// A stored order with another time.
fn with_fixed_time(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(mut value) if value.get("since").is_some() => {
            value["since"] = 1_768_642_200_u64.into();
            value.to_string()
        }
        _ => text.replace(['\t', '\n'], " "),
    }
}
