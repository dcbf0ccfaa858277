//! How long a store waits, and how large an answer may be.

use std::time::Duration;

use super::{Row, StoreError, StoreErrorKind, Value};

/// How long a caller waits for its transaction to begin while others are open.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

const MAX_ROWS: usize = 100_000;
const MAX_BYTES: usize = 64 << 20;

/// The rows of an answer, up to the limits. Bounded, because a handler's `SELECT` without `LIMIT` may match any number.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    bytes: usize,
}

impl Rows {
    /// Reserves space for a column of this many bytes, before it is copied.
    pub(super) fn reserve(&mut self, bytes: usize) -> Result<(), StoreError> {
        self.bytes = self.bytes.saturating_add(bytes).saturating_add(size_of::<Value>());
        if self.bytes > MAX_BYTES { Err(too_large()) } else { Ok(()) }
    }

    pub(super) fn push(&mut self, row: Vec<Value>) -> Result<(), StoreError> {
        if self.rows.len() == MAX_ROWS {
            return Err(too_large());
        }
        self.rows.push(Row::new(row));
        Ok(())
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

fn too_large() -> StoreError {
    let text = "the answer has more than 100,000 rows or 64 MiB: add a LIMIT";
    StoreError::new(StoreErrorKind::Statement, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_be_as_large_as_the_limit() {
        let most = MAX_BYTES - size_of::<Value>();
        assert!(Rows::default().reserve(most).is_ok());
        assert_eq!(Rows::default().reserve(most + 1).unwrap_err().kind(), StoreErrorKind::Statement);
    }
}
