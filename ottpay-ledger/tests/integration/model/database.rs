//! A database in memory on the thread of its caller, with a stopped clock, which can be put back to an earlier state.

use std::collections::HashMap;
use std::hash::{Hash as _, Hasher};

use ottpay_ledger::store::{Dialect, Row, StoreError, StoreErrorKind, Value};
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, ErrorCode};

/// The clock at the beginning, in milliseconds: every larger number is a time, and every smaller one is not.
pub(crate) const START: i64 = 2_000_000_000_000;

/// The clock of SQLite, as the ledger reads it.
const CLOCK: &str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/// The tables, and the columns that decide nothing: strings for people, past times, and bodies.
const TABLES: [(&str, &[&str]); 10] = [
    ("ottpay_settings", &["name", "value"]),
    ("ottpay_merchants", &["merchant", "bound_at"]),
    ("ottpay_orders", &["serial", "merchant", "noted_at", "asked", "asked_at", "answer", "request", "failure"]),
    ("ottpay_references", &["merchant"]),
    ("ottpay_hints", &["merchant", "first_at", "digest", "fields"]),
    ("ottpay_strays", &["serial", "merchant", "last_at", "digest", "fields"]),
    ("ottpay_events", &["serial", "merchant", "body", "offered_at", "done_at"]),
    ("ottpay_proven", &["merchant", "proven_at"]),
    ("ottpay_verdicts", &["serial", "merchant", "decided_at"]),
    ("shop_effects", &[]),
];

/// What a statement gave.
pub(crate) struct Answer {
    pub(crate) changed: u64,
    pub(crate) rows: Vec<Row>,
}

/// The rows of every table.
pub(crate) type Dump = Vec<Vec<Row>>;

pub(crate) struct Database {
    connection: Connection,
    /// Statements as they are run, by those of the ledger.
    altered: HashMap<String, String>,
    /// For each table, which columns decide something.
    decides: Vec<Vec<bool>>,
}

impl Database {
    pub(crate) fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.set_prepared_statement_cache_capacity(512);
        connection.execute_batch(&ottpay_ledger::schema(Dialect::Sqlite)).unwrap();
        let own = "CREATE TABLE shop_effects (event_key TEXT, id TEXT, reference TEXT, kind TEXT);
                   CREATE TABLE model_clock (now INTEGER); INSERT INTO model_clock VALUES (0);";
        connection.execute_batch(own).unwrap();
        let decides = TABLES.iter().map(|(table, left_out)| {
            let statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            (0..statement.column_count())
                .map(|index| !left_out.contains(&statement.column_name(index).unwrap()))
                .collect()
        });
        let decides = decides.collect();
        Self { connection, altered: HashMap::new(), decides }
    }

    pub(crate) fn set_clock(&mut self, now: i64) {
        self.must("UPDATE model_clock SET now = $1", &[now.into()]);
    }

    /// Runs a statement of the ledger, altered in this way.
    pub(crate) fn run(
        &mut self,
        sql: &str,
        values: &[Value],
        alter: impl Fn(&str) -> Option<String>,
    ) -> Result<Answer, StoreError> {
        if !self.altered.contains_key(sql) {
            let mut altered = sql.replace(CLOCK, "(SELECT now FROM model_clock)");
            assert!(!altered.contains("unixepoch"), "the ledger reads the clock in another way: {sql}");
            if let Some(mistaken) = alter(&altered) {
                altered = mistaken;
            }
            self.altered.insert(sql.to_owned(), altered);
        }
        run(&self.connection, &self.altered[sql], values)
    }

    /// Runs a statement of the model's own.
    pub(crate) fn must(&mut self, sql: &str, values: &[Value]) -> Answer {
        run(&self.connection, sql, values).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The first column of the first row, if there is one that is not null.
    pub(crate) fn number(&mut self, sql: &str, values: &[Value]) -> Option<i64> {
        self.must(sql, values).rows.first().and_then(|row| row.get(0).unwrap())
    }

    pub(crate) fn dump(&mut self) -> Dump {
        TABLES.iter().map(|(table, _)| self.must(&format!("SELECT * FROM {table} ORDER BY rowid"), &[]).rows).collect()
    }

    /// Puts every table back.
    pub(crate) fn restore(&mut self, dump: &Dump) {
        self.must("BEGIN", &[]);
        for ((table, _), rows) in TABLES.iter().zip(dump) {
            self.must(&format!("DELETE FROM {table}"), &[]);
            for row in rows {
                let places: Vec<_> = (1..=row.columns().len()).map(|index| format!("${index}")).collect();
                self.must(&format!("INSERT INTO {table} VALUES ({})", places.join(", ")), row.columns());
            }
        }
        self.must("COMMIT", &[]);
    }

    /// The data that determines how it continues, with times relative to now and strings replaced by names.
    pub(crate) fn digest(&self, dump: &Dump, now: i64, names: &HashMap<String, String>, hasher: &mut impl Hasher) {
        for (rows, decides) in dump.iter().zip(&self.decides) {
            rows.len().hash(hasher);
            for row in rows {
                for (value, _) in row.columns().iter().zip(decides).filter(|(_, decides)| **decides) {
                    digest_value(value, now, names, hasher);
                }
            }
        }
    }
}

/// A value, with times as they are from now, and strings as they are named.
pub(crate) fn digest_value(value: &Value, now: i64, names: &HashMap<String, String>, hasher: &mut impl Hasher) {
    match value {
        Value::Int(number) if *number >= START => (1, number - now).hash(hasher),
        Value::Int(number) => (2, number).hash(hasher),
        Value::Text(text) if text.starts_with('{') => digest_json(text, now, hasher),
        Value::Text(text) => (3, names.get(text).unwrap_or(text)).hash(hasher),
        Value::Bool(flag) => (4, flag).hash(hasher),
        Value::Bytes(bytes) => (5, bytes).hash(hasher),
        _ => 6.hash(hasher),
    }
}

/// JSON, with times as they are from now. A number of ten digits is a time by the machine's own clock.
fn digest_json(text: &str, now: i64, hasher: &mut impl Hasher) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(':') {
        before.hash(hasher);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (number, following) = after.split_at(digits);
        match digits {
            10 => {}
            13.. => (number.parse::<i64>().unwrap() - now).hash(hasher),
            _ => number.hash(hasher),
        }
        rest = following;
    }
    rest.hash(hasher);
}

fn run(connection: &Connection, sql: &str, values: &[Value]) -> Result<Answer, StoreError> {
    let before = connection.total_changes();
    let mut statement = connection.prepare_cached(sql).map_err(|error| explain(&error))?;
    for index in 1..=statement.parameter_count() {
        let number: usize = statement.parameter_name(index).unwrap().trim_start_matches('$').parse().unwrap();
        match &values[number - 1] {
            Value::Int(number) => statement.raw_bind_parameter(index, number),
            Value::Text(text) => statement.raw_bind_parameter(index, text),
            Value::Bytes(bytes) => statement.raw_bind_parameter(index, bytes),
            Value::Bool(flag) => statement.raw_bind_parameter(index, i64::from(*flag)),
            _ => statement.raw_bind_parameter(index, Null),
        }
        .unwrap();
    }
    let columns = statement.column_count();
    let mut read = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| explain(&error))? {
        read.push(Row::new((0..columns).map(|index| read_column(row.get_ref(index).unwrap())).collect()));
    }
    let changed = if connection.total_changes() == before { 0 } else { connection.changes() };
    Ok(Answer { changed, rows: read })
}

fn read_column(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).unwrap()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(number) => panic!("{number} is not a whole number"),
    }
}

fn explain(error: &rusqlite::Error) -> StoreError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreErrorKind::Conflict,
        _ => StoreErrorKind::Statement,
    };
    StoreError::new(kind, error.to_string())
}
