//! The values of statements and rows.

use ottpay::{Amount, OrderId, RefundId};

/// A parameter of a statement, or a column of a row.
///
/// On PostgreSQL a parameter has the type `bigint`, `text`, `bytea` or `boolean`, and [`Null`](Self::Null) is a `text`.
/// For another type add a cast, such as `$1::uuid`. SQLite has no type for [`Bool`](Self::Bool): it stores 0 or 1.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// SQL's `NULL`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Shows the type but never the value, which may be a buyer's name.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Text(_) => "a string",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// Why a value does not have the expected type, or does not fit into a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct ValueError {
    expected: &'static str,
    found: &'static str,
}

impl ValueError {
    /// Creates an error for an implementation of [`FromValue`], from the expected type, such as `a date`, and the
    /// actual value.
    pub fn new(expected: &'static str, found: &Value) -> Self {
        Self { expected, found: found.kind() }
    }
}

/// A row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    /// Creates a row with these columns.
    pub fn new(columns: Vec<Value>) -> Self {
        Self(columns)
    }

    /// The columns of the row.
    pub fn columns(&self) -> &[Value] {
        &self.0
    }

    /// Returns the column with this index, starting at 0.
    ///
    /// # Errors
    /// [`ValueError`] if the column does not exist or has another type.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, ValueError> {
        match self.0.get(index) {
            Some(value) => T::from_value(value),
            None => Err(ValueError { expected: "a column", found: "the end of the row" }),
        }
    }
}

/// A type as which a column can be read.
pub trait FromValue: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// [`ValueError`] if it has another type.
    fn from_value(value: &Value) -> Result<Self, ValueError>;
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        Ok(value.clone())
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value {
            Value::Int(number) => Ok(*number),
            other => Err(ValueError::new("an integer", other)),
        }
    }
}

/// SQLite returns 0 or 1.
impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(ValueError::new("a boolean", other)),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(ValueError::new("a string", other)),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            other => Err(ValueError::new("bytes", other)),
        }
    }
}

/// Reads minor units.
impl FromValue for Amount {
    fn from_value(value: &Value) -> Result<Self, ValueError> {
        let wrong = || ValueError::new("an amount", value);
        i64::from_value(value).and_then(|minor| u64::try_from(minor).map_err(|_| wrong())).map(Self::from_minor)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&OrderId> for Value {
    fn from(id: &OrderId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<&RefundId> for Value {
    fn from(id: &RefundId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Stores minor units. An amount is an unsigned 64-bit number and a column a signed one, so the largest do not fit.
impl TryFrom<Amount> for Value {
    type Error = ValueError;

    fn try_from(amount: Amount) -> Result<Self, ValueError> {
        let too_large = ValueError { expected: "an amount that fits into a column", found: "a larger one" };
        i64::try_from(amount.minor()).map(Self::Int).map_err(|_| too_large)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_only_as_its_own_type() {
        let row = Row::new(vec![1999.into(), "tea".into(), Value::Null, true.into(), vec![1_u8].into()]);
        assert_eq!(row.get::<Amount>(0), Ok(Amount::from_minor(1999)));
        assert_eq!(row.get::<Option<String>>(1), Ok(Some("tea".to_owned())));
        assert_eq!(row.get::<Option<String>>(2), Ok(None));
        assert_eq!(row.get::<bool>(3), Ok(true));
        assert_eq!(row.get::<Vec<u8>>(4), Ok(vec![1]));
        let wrong = row.get::<i64>(1).unwrap_err();
        assert_eq!(wrong.to_string(), "expected an integer, found a string");
        assert_eq!(row.get::<i64>(9).unwrap_err().to_string(), "expected a column, found the end of the row");
        assert!(Row::new(vec![(-1).into()]).get::<Amount>(0).is_err(), "money is never negative");
        assert!(Row::new(vec![2.into()]).get::<bool>(0).is_err());
    }

    #[test]
    fn an_amount_that_does_not_fit_is_an_error_and_not_another_amount() {
        assert_eq!(Value::try_from(Amount::from_minor(1999)), Ok(Value::Int(1999)));
        assert!(Value::try_from(Amount::from_minor(u64::MAX)).is_err());
    }

    #[test]
    fn a_value_is_not_shown() {
        assert_eq!(format!("{:?}", Row::new(vec!["secret".into(), Value::Null])), "Row([a string, null])");
    }
}
