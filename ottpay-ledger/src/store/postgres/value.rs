//! Converts parameters and columns between the driver's types and [`Value`].

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use crate::store::bounds::Rows;
use crate::store::{StoreError, StoreErrorKind, Value};

static NULL: Option<&str> = None;

/// A parameter with its type. An explicit type keeps the server from guessing one.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

pub(super) fn parameters(values: &[Value]) -> Vec<Parameter<'_>> {
    values.iter().map(parameter).collect()
}

fn parameter(value: &Value) -> Parameter<'_> {
    match value {
        Value::Null => (&NULL, Type::TEXT),
        Value::Bool(flag) => (flag, Type::BOOL),
        Value::Int(number) => (number, Type::INT8),
        Value::Text(text) => (text, Type::TEXT),
        Value::Bytes(bytes) => (bytes, Type::BYTEA),
    }
}

pub(super) fn read_row(row: &Row, answer: &mut Rows) -> Result<(), StoreError> {
    let mut read = Vec::with_capacity(row.len());
    for index in 0..row.len() {
        read.push(read_column(row, index, answer)?);
    }
    answer.push(read)
}

fn read_column(row: &Row, index: usize, answer: &mut Rows) -> Result<Value, StoreError> {
    let Some(column) = row.columns().get(index) else { return Err(unreadable_column(index, "missing")) };
    let of = column.type_();
    let value = if *of == Type::BOOL {
        get::<bool>(row, index)?.map(Value::Bool)
    } else if *of == Type::INT8 {
        get::<i64>(row, index)?.map(Value::Int)
    } else if *of == Type::INT4 {
        get::<i32>(row, index)?.map(|number| Value::Int(number.into()))
    } else if *of == Type::INT2 {
        get::<i16>(row, index)?.map(|number| Value::Int(number.into()))
    } else if [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(of) {
        let text = get::<&str>(row, index)?;
        answer.reserve(text.map_or(0, str::len))?;
        return Ok(text.map_or(Value::Null, |text| Value::Text(text.to_owned())));
    } else if *of == Type::BYTEA {
        let bytes = get::<&[u8]>(row, index)?;
        answer.reserve(bytes.map_or(0, <[u8]>::len))?;
        return Ok(bytes.map_or(Value::Null, |bytes| Value::Bytes(bytes.to_owned())));
    } else if *of == Type::VOID {
        // The result of a function that is called for its effect.
        None
    } else {
        return Err(unreadable_column(index, of.name()));
    };
    answer.reserve(0)?;
    Ok(value.unwrap_or(Value::Null))
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<Option<T>, StoreError> {
    row.try_get(index).map_err(|_| unreadable_column(index, "unexpected"))
}

fn unreadable_column(index: usize, of: &str) -> StoreError {
    let text = format!("cannot read column {index} of type {of}: CAST it AS TEXT or AS BIGINT");
    StoreError::new(StoreErrorKind::Statement, text)
}
