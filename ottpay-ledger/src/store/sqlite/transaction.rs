//! An open transaction: sends its steps to the thread. Dropped, its channel ends, and the thread rolls it back.

use std::sync::mpsc::Sender;
use std::time::Instant;

use tokio::sync::oneshot;

use super::job::{Answer, Step};
use crate::store::{BoxFuture, CommitError, RawTx, Row, StoreError, StoreErrorKind, Value};

pub(super) struct Transaction {
    steps: Sender<Step>,
    until: Instant,
    /// Whether a call has begun whose answer was not waited for.
    is_abandoned: bool,
    /// Whether a statement would have ended the transaction.
    is_over: bool,
}

impl Transaction {
    pub(super) fn new(steps: Sender<Step>, until: Instant) -> Self {
        Self { steps, until, is_abandoned: false, is_over: false }
    }

    async fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, StoreError> {
        self.check()?;
        let (answer, answered) = oneshot::channel();
        let step = Step::Run { sql: sql.to_owned(), values: values.to_vec(), answer };
        self.steps.send(step).map_err(|_| self.gone())?;
        self.is_abandoned = true;
        let result = answered.await.map_err(|_| self.gone());
        self.is_abandoned = false;
        let result = result?;
        self.is_over |= result.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::NotInTransaction);
        result
    }

    async fn finish(self) -> Result<(), CommitError> {
        self.check().map_err(CommitError::NotCommitted)?;
        let (answer, answered) = oneshot::channel();
        self.steps.send(Step::Commit { answer }).map_err(|_| CommitError::NotCommitted(self.gone()))?;
        // Sent, and not answered: it may have been done.
        answered.await.unwrap_or_else(|_| Err(CommitError::Unknown(self.gone())))
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.is_over {
            let text = "a statement of it was to end the transaction, which is rolled back";
            return Err(StoreError::new(StoreErrorKind::NotInTransaction, text));
        }
        if self.is_abandoned {
            let text = "a call was abandoned before its answer came, so that the transaction is rolled back";
            return Err(StoreError::new(StoreErrorKind::Expired, text));
        }
        Ok(())
    }

    /// Why the thread does not answer.
    fn gone(&self) -> StoreError {
        if Instant::now() >= self.until {
            let text = "the transaction was open for longer than its limit, and is rolled back";
            StoreError::new(StoreErrorKind::Expired, text)
        } else {
            StoreError::new(StoreErrorKind::Unavailable, "the thread of the database has ended")
        }
    }
}

impl RawTx for Transaction {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move { Ok(self.run(sql, values).await?.changed) })
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        Box::pin(async move { Ok(self.run(sql, values).await?.rows) })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(self.finish())
    }
}
