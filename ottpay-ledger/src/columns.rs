//! Reads the columns of a row in order.

use crate::store::{FromValue, Row, StoreError, StoreErrorKind};

/// A row and the position of the next column to read.
pub(crate) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    /// Reads the next column.
    pub(crate) fn next<T: FromValue>(&mut self) -> Result<T, StoreError> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// Reads a number that is not negative.
    pub(crate) fn next_count(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.next::<i64>()?).map_err(|_| unexpected("a count"))
    }

    /// Reads a string and parses it. The error never contains the string, which may be sensitive.
    pub(crate) fn parse<T>(&mut self, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        parse(&self.next::<String>()?).ok_or_else(|| unexpected(expected))
    }

    /// Like [`parse`](Self::parse), for a column that may be null.
    pub(crate) fn parse_optional<T>(
        &mut self,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.next::<Option<String>>()? {
            Some(text) => parse(&text).map(Some).ok_or_else(|| unexpected(expected)),
            None => Ok(None),
        }
    }
}

fn unexpected(expected: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Statement, format!("unexpected column: expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Value;

    #[test]
    fn columns_are_read_in_order_and_unexpected_values_are_not_shown() {
        let row = Row::new(vec![Value::Int(3), "open".into(), Value::Null, "secret".into()]);
        let mut columns = Columns::new(&row);
        assert_eq!(columns.next_count().unwrap(), 3);
        assert_eq!(columns.next::<String>().unwrap(), "open");
        assert_eq!(columns.parse_optional("a number", |text| text.parse::<u8>().ok()).unwrap(), None);
        let error = columns.parse("a number", |text| text.parse::<u8>().ok()).unwrap_err();
        assert_eq!(error.to_string(), "unexpected column: expected a number");
        assert!(columns.next::<i64>().is_err());
        assert!(Columns::new(&Row::new(vec![Value::Int(-1)])).next_count().is_err());
    }
}
