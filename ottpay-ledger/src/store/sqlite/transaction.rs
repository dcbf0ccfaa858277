//! An open transaction, which sends its steps to the thread. Dropping it closes the channel, and the thread rolls back.

use std::sync::mpsc::Sender;
use std::time::Instant;

use tokio::sync::oneshot;

use super::job::{Answer, Step};
use crate::store::{BoxFuture, CommitError, RawTx, Row, StoreError, StoreErrorKind, Value};

pub(super) struct Transaction {
    steps: Sender<Step>,
    until: Instant,
    /// Whether a call was dropped before its answer arrived.
    is_abandoned: bool,
    /// Whether a statement would have ended the transaction.
    is_over: bool,
}

impl Transaction {
    pub(super) fn new(steps: Sender<Step>, until: Instant) -> Self {
        Self { steps, until, is_abandoned: false, is_over: false }
    }

    async fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, StoreError> {
        self.check_usable()?;
        let (answer, answered) = oneshot::channel();
        let step = Step::Run { sql: sql.to_owned(), values: values.to_vec(), answer };
        self.steps.send(step).map_err(|_| self.thread_error())?;
        // It stays set if this future is dropped while it waits.
        self.is_abandoned = true;
        let result = answered.await.map_err(|_| self.thread_error());
        self.is_abandoned = false;
        let result = result?;
        self.is_over |= result.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::NotInTransaction);
        result
    }

    async fn finish(self) -> Result<(), CommitError> {
        self.check_usable().map_err(CommitError::NotCommitted)?;
        let (answer, answered) = oneshot::channel();
        self.steps.send(Step::Commit { answer }).map_err(|_| CommitError::NotCommitted(self.thread_error()))?;
        // The step was sent but not answered, so the commit may have been done.
        answered.await.unwrap_or_else(|_| Err(CommitError::Unknown(self.thread_error())))
    }

    fn check_usable(&self) -> Result<(), StoreError> {
        if self.is_over {
            let text = "rolled back, because a statement would have ended the transaction";
            return Err(StoreError::new(StoreErrorKind::NotInTransaction, text));
        }
        if self.is_abandoned {
            let text = "rolled back, because a call was dropped before its answer arrived";
            return Err(StoreError::new(StoreErrorKind::Expired, text));
        }
        Ok(())
    }

    /// Returns why the thread does not answer.
    fn thread_error(&self) -> StoreError {
        if Instant::now() >= self.until {
            let text = "rolled back, because the transaction was open for longer than its limit";
            StoreError::new(StoreErrorKind::Expired, text)
        } else {
            StoreError::new(StoreErrorKind::Unavailable, "the thread of the database has ended unexpectedly")
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
