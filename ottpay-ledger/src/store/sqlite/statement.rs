//! Runs one statement: binds its values by number, and reads its rows.

use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, Statement};

use super::error::{explain, explain_text};
use super::job::Answer;
use crate::store::bounds::Rows;
use crate::store::{StoreError, StoreErrorKind, Value};

pub(super) fn run(connection: &Connection, sql: &str, values: &[Value]) -> Result<Answer, StoreError> {
    let before = connection.total_changes();
    let mut statement = connection.prepare_cached(sql).map_err(explain_text)?;
    bind(&mut statement, values)?;
    let columns = statement.column_count();
    let mut answer = Rows::default();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(explain)? {
        let mut read = Vec::with_capacity(columns);
        for index in 0..columns {
            let value = row.get_ref(index).map_err(explain)?;
            read.push(read_column(value, index, &mut answer)?);
        }
        answer.push(read)?;
    }
    // After a statement that changes nothing, SQLite's counter still has the count of an earlier one.
    let changed = if connection.total_changes() == before { 0 } else { connection.changes() };
    Ok(Answer { changed, rows: answer.into_rows() })
}

/// Binds values by name. For SQLite `$2` is a name, so by position the first parameter in the text would get the first
/// value.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> Result<(), StoreError> {
    let mut is_used = vec![false; values.len()];
    for index in 1..=statement.parameter_count() {
        let number = statement.parameter_name(index).and_then(read_number).ok_or_else(|| {
            statement_error("expected numbered parameters such as $1; write a type as CAST($1 AS BIGINT)")
        })?;
        let slot = number.checked_sub(1).and_then(|slot| Some((values.get(slot)?, is_used.get_mut(slot)?)));
        let (value, is_used) = slot.ok_or_else(|| statement_error("a parameter of the statement has no value"))?;
        *is_used = true;
        match value {
            Value::Null => statement.raw_bind_parameter(index, Null),
            Value::Bool(flag) => statement.raw_bind_parameter(index, i64::from(*flag)),
            Value::Int(number) => statement.raw_bind_parameter(index, number),
            Value::Text(text) => statement.raw_bind_parameter(index, text),
            Value::Bytes(bytes) => statement.raw_bind_parameter(index, bytes),
        }
        .map_err(explain)?;
    }
    if is_used.contains(&false) {
        return Err(statement_error("a value has no parameter in the statement"));
    }
    Ok(())
}

fn read_number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('$')?;
    let is_number = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

fn read_column(value: ValueRef<'_>, index: usize, answer: &mut Rows) -> Result<Value, StoreError> {
    answer.reserve(match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
        _ => 0,
    })?;
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(statement_error(&format!("column {index} is not UTF-8: CAST it AS BLOB and read bytes"))),
        },
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_owned())),
        ValueRef::Real(_) => {
            let text = "a floating-point number, which is never read as money: CAST it AS TEXT or AS INTEGER";
            Err(statement_error(&format!("column {index} is {text}")))
        }
    }
}

fn statement_error(text: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Statement, text)
}
