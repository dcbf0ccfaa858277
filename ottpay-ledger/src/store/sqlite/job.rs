//! The messages to the thread: new transactions and their steps.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tokio::sync::oneshot::Sender;

use crate::store::{CommitError, Row, StoreError, Value};

/// A transaction that waits for its turn.
pub(super) struct Job {
    pub(super) limit: Duration,
    pub(super) asked_at: Instant,
    /// Receives the deadline of the transaction once it has begun.
    pub(super) begun: Sender<Result<Instant, StoreError>>,
    /// When this channel closes, the transaction ends.
    pub(super) steps: Receiver<Step>,
}

/// A call on an open transaction.
pub(super) enum Step {
    Run { sql: String, values: Vec<Value>, answer: Sender<Result<Answer, StoreError>> },
    Commit { answer: Sender<Result<(), CommitError>> },
}

/// The result of a statement.
pub(super) struct Answer {
    pub(super) changed: u64,
    pub(super) rows: Vec<Row>,
}
