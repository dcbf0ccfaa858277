//! The database's thread: runs one transaction after the other, each within its time limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use rusqlite::Connection;
use rusqlite::ffi::ErrorCode;
use tokio::sync::mpsc;

use super::error::explain;
use super::file::{Identity, identify, open};
use super::job::{Answer, Job, Step};
use super::queue::{EVERY, Queue, too_many};
use super::settings::{Place, Settings};
use super::statement::run;
use crate::store::bounds::PATIENCE;
use crate::store::control::reject_control;
use crate::store::{CommitError, Dialect, StoreError, StoreErrorKind, Value};

/// How many of its operations SQLite performs between two checks of the time limit; they take less than a millisecond.
const OPERATIONS: i32 = 10_000;

/// Runs transactions until the last handle of the store is dropped.
pub(super) fn serve(settings: &Settings, jobs: mpsc::Receiver<Job>) {
    let mut database = None;
    let mut queue = Queue::new(jobs);
    while let Some(job) = queue.next() {
        let opened = match database.take() {
            Some(opened) => Ok(opened),
            None => Database::open(settings),
        };
        match opened {
            Ok(opened) => database = opened.serve(job, &mut queue),
            Err(error) => drop(job.begun.send(Err(error))),
        }
    }
}

/// The open database.
struct Database {
    connection: Connection,
    clock: Clock,
    /// The identity of the open file. The path may lead to another file by now.
    identity: Option<Identity>,
    settings: Settings,
}

impl Database {
    fn open(settings: &Settings) -> Result<Self, StoreError> {
        #[allow(unused_mut, reason = "before rusqlite 0.41 a progress handler was set on a shared connection")]
        let mut connection = open(settings)?;
        let clock = Clock::new();
        let asked = clock.clone();
        connection.progress_handler(OPERATIONS, Some(move || asked.is_over())).map_err(explain)?;
        Ok(Self { connection, clock, identity: identify(settings), settings: settings.clone() })
    }

    /// Runs one transaction to its end. Returns the database, unless it has to be opened again.
    fn serve(self, job: Job, queue: &mut Queue) -> Option<Self> {
        let Job { limit, asked_at, begun, steps } = job;
        if let Err(error) = self.begin(asked_at) {
            // A database in memory is never opened again, because that would lose its content.
            let keep = !self.is_file() || !error.is_broken;
            drop(begun.send(Err(error.error)));
            return keep.then_some(self);
        }
        let until = Instant::now() + limit;
        self.clock.set(Some(until));
        if begun.send(Ok(until)).is_ok() {
            self.take_steps(&steps, until, queue);
        }
        self.roll_back();
        // Dropped last: a caller that finds the channel closed may rely on the rollback.
        drop(steps);
        Some(self)
    }

    fn is_file(&self) -> bool {
        matches!(self.settings.place, Place::File(_))
    }

    fn begin(&self, asked_at: Instant) -> Result<(), BeginError> {
        let Some(rest) = PATIENCE.checked_sub(asked_at.elapsed()) else {
            return Err(BeginError { error: too_many(), is_broken: false });
        };
        // A commit to a file that was deleted or replaced would succeed but be lost.
        if self.identity != identify(&self.settings) {
            let text = "the database file was moved, deleted or replaced";
            return Err(BeginError { error: StoreError::new(StoreErrorKind::Unavailable, text), is_broken: true });
        }
        // Another program may hold the lock; SQLite then waits for the rest of the time.
        let begun = self.connection.busy_timeout(rest);
        begun.and_then(|()| self.connection.execute_batch("BEGIN IMMEDIATE")).map_err(|error| {
            let is_busy = error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
            BeginError { error: explain(error), is_broken: !is_busy }
        })
    }

    fn take_steps(&self, steps: &Receiver<Step>, until: Instant, queue: &mut Queue) {
        let mut ended = None;
        loop {
            queue.dismiss();
            let rest = until.saturating_duration_since(Instant::now());
            let step = match steps.recv_timeout(rest.min(EVERY)) {
                Ok(step) => step,
                Err(RecvTimeoutError::Timeout) if rest > EVERY => continue,
                // The limit has passed, or the caller has dropped the transaction.
                Err(_) => return,
            };
            let state = match ended {
                None if Instant::now() >= until => Err(expired_error()),
                None => Ok(()),
                Some(kind) => Err(rollback_error(kind)),
            };
            match step {
                Step::Run { sql, values, answer } => {
                    let result = state.and_then(|()| self.run_step(&sql, &values, until));
                    // Some errors, such as a full disk, make SQLite roll back automatically. Then no later step may
                    // run, because it would be committed alone.
                    if self.connection.is_autocommit() && ended.is_none() {
                        ended = Some(result.as_ref().err().map_or(StoreErrorKind::NotInTransaction, StoreError::kind));
                    }
                    drop(answer.send(result));
                }
                Step::Commit { answer } => {
                    let result = state.map_err(CommitError::NotCommitted).and_then(|()| self.commit(until));
                    if result.is_err() {
                        self.roll_back();
                    }
                    drop(answer.send(result));
                    return;
                }
            }
        }
    }

    fn run_step(&self, sql: &str, values: &[Value], until: Instant) -> Result<Answer, StoreError> {
        reject_control(sql, Dialect::Sqlite)?;
        self.connection.busy_timeout(until.saturating_duration_since(Instant::now())).map_err(explain)?;
        let answer = run(&self.connection, sql, values)?;
        if self.connection.is_autocommit() { Err(rollback_error(StoreErrorKind::NotInTransaction)) } else { Ok(answer) }
    }

    fn commit(&self, until: Instant) -> Result<(), CommitError> {
        // Without a write-ahead log, the commit has to wait for readers in other programs.
        let rest = until.saturating_duration_since(Instant::now());
        self.connection.busy_timeout(rest).map_err(|error| CommitError::NotCommitted(explain(error)))?;
        // From here on the transaction must not be interrupted: a commit takes as long as it takes.
        self.clock.set(None);
        self.connection.execute_batch("COMMIT").map_err(|error| {
            // After any other error, such as a failing disk, the last step of the commit may or may not have been done.
            let is_refused = matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::DiskFull
                        | ErrorCode::ReadOnly
                        | ErrorCode::ConstraintViolation
                )
            );
            let error = explain(error);
            if is_refused { CommitError::NotCommitted(error) } else { CommitError::Unknown(error) }
        })
    }

    /// Rolls back the transaction, if it is open.
    fn roll_back(&self) {
        self.clock.set(None);
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            tracing::warn!(target: "ottpay", error = %explain(error), "failed to roll back a transaction");
        }
    }
}

/// Why a transaction could not begin.
struct BeginError {
    error: StoreError,
    /// Whether the database has to be opened again before the next transaction.
    is_broken: bool,
}

fn expired_error() -> StoreError {
    StoreError::new(StoreErrorKind::Expired, "the transaction was open for longer than its limit")
}

fn rollback_error(kind: StoreErrorKind) -> StoreError {
    StoreError::new(
        kind,
        match kind {
            StoreErrorKind::NotInTransaction => "a statement has ended the transaction",
            _ => "the transaction was rolled back because of an earlier error",
        },
    )
}

/// Interrupts SQLite when the time limit of the transaction has passed.
#[derive(Clone)]
struct Clock {
    // Relative to this start, a limit fits into an atomic number.
    start: Instant,
    /// The limit, in nanoseconds after `start`.
    until: Arc<AtomicU64>,
}

impl Clock {
    fn new() -> Self {
        Self { start: Instant::now(), until: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    fn set(&self, until: Option<Instant>) {
        let nanoseconds =
            until.and_then(|until| until.saturating_duration_since(self.start).as_nanos().try_into().ok());
        self.until.store(nanoseconds.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.start.elapsed().as_nanos() >= u128::from(self.until.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    /// Lets a transaction begin that has waited for so long. Returns whether it began, and whether the database is kept.
    fn serve_one(database: Database, waited: Duration) -> (bool, bool) {
        let ((begun, answer), (_sender, steps)) = (oneshot::channel(), std::sync::mpsc::channel());
        let asked_at = Instant::now().checked_sub(waited).unwrap();
        let job = Job { limit: Duration::from_millis(1), asked_at, begun, steps };
        let mut queue = Queue::new(mpsc::channel(1).1);
        let kept = database.serve(job, &mut queue);
        (answer.blocking_recv().unwrap().is_ok(), kept.is_some())
    }

    fn open_file(file: &Path) -> Database {
        Database::open(&Settings { place: Place::File(file.to_owned()), is_wal: false }).unwrap()
    }

    #[test]
    fn a_step_after_a_rollback_is_told_its_cause() {
        let ended = rollback_error(StoreErrorKind::NotInTransaction);
        assert_eq!(ended.to_string(), "a statement has ended the transaction");
        let full = rollback_error(StoreErrorKind::Unavailable);
        assert_eq!(full.to_string(), "the transaction was rolled back because of an earlier error");
    }

    #[test]
    fn a_file_is_opened_again_after_an_error_and_a_database_in_memory_is_never_given_up() {
        let memory = || Database::open(&Settings { place: Place::Memory, is_wal: false }).unwrap();
        assert_eq!(serve_one(memory(), Duration::ZERO), (true, true));
        let begun = memory();
        begun.connection.execute_batch("BEGIN").unwrap();
        assert_eq!(serve_one(begun, Duration::ZERO), (false, true), "a transaction within a transaction");

        let file = std::env::temp_dir().join(format!("ottpay-thread-{}.db", std::process::id()));
        assert_eq!(serve_one(open_file(&file), Duration::ZERO), (true, true));
        let begun = open_file(&file);
        begun.connection.execute_batch("BEGIN").unwrap();
        assert_eq!(serve_one(begun, Duration::ZERO), (false, false));
        let other = open_file(&file);
        other.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let almost = PATIENCE.saturating_sub(Duration::from_millis(100));
        assert_eq!(serve_one(open_file(&file), almost), (false, true), "another connection holds the lock");
        drop(other);
        std::fs::remove_file(file).unwrap();
    }
}
