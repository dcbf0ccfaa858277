//! The public handle of the store, which sends transactions to the thread.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

use super::job::Job;
use super::settings::{Place, Settings};
use super::thread::serve;
use super::transaction::Transaction;
use crate::store::{BoxFuture, Dialect, RawTx, Store, StoreError, StoreErrorKind};

/// How many transactions fit into the channel; further callers wait to send theirs.
const QUEUE: usize = 256;

/// An SQLite database. Clones share the same database.
///
/// All its transactions run one after the other, through one connection on a thread of its own. The first transaction
/// starts the thread, which ends when the last clone is dropped. A caller therefore waits for another caller's open
/// transaction, for at most 10 seconds; this includes transactions of other programs on the same file. Keep
/// transactions short.
///
/// A commit is on the disk before it is reported (`synchronous = EXTRA`). The file must be on a local disk, because
/// locks on network file systems are not reliable. A connection pool can share the file only if its transactions begin
/// with `BEGIN IMMEDIATE`, as writing transactions of SQLite should, or if it retries them after `SQLITE_BUSY`.
///
/// A program can contain only one version of SQLite's C library. Cargo finds a common version for this crate (and for
/// `ottpay-sandbox`) in these cases:
///
/// | with | version of rusqlite |
/// |---|---|
/// | rusqlite 0.39 to 0.43 | the same |
/// | sqlx 0.9 or sea-orm 2, for any database | 0.39 |
/// | diesel 2.3 with SQLite | 0.40 |
/// | sqlx 0.8 for PostgreSQL, with `default-features = false` and without `migrate` | any |
///
/// There is no common version with other uses of sqlx 0.8, sea-orm 1, or rusqlite 0.38 and earlier.
///
/// The thread measures time limits in real time. A paused Tokio clock does not affect them; it even advances while the
/// thread works, because the runtime appears idle. Do not pause the clock in a test that uses a store.
#[derive(Debug, Clone)]
pub struct Sqlite {
    settings: Settings,
    jobs: Arc<Mutex<Option<Sender<Job>>>>,
}

impl Sqlite {
    /// Uses the database in this file. The first transaction creates it, readable only by its owner, if it does not
    /// exist.
    ///
    /// If it is the shop's own database, everything that a handler writes to the shop's tables is committed together
    /// with the ledger's.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(Place::File(path.into()))
    }

    /// Uses a database in memory that disappears with the last clone. For tests.
    pub fn memory() -> Self {
        Self::new(Place::Memory)
    }

    /// Whether to switch the file to a write-ahead log (`journal_mode = WAL`), with which readers in other programs and
    /// the ledger do not block each other. The change is permanent and affects all users of the file; by default the
    /// mode is left unchanged.
    #[must_use]
    pub fn wal(self, is_wal: bool) -> Self {
        // A new channel, because a thread that is already running has opened the file without this setting.
        Self { settings: Settings { is_wal, ..self.settings }, jobs: Arc::default() }
    }

    fn new(place: Place) -> Self {
        Self { settings: Settings { place, is_wal: false }, jobs: Arc::default() }
    }

    /// Returns the channel to the thread, and starts the thread if it is not running.
    fn jobs(&self) -> Result<Sender<Job>, StoreError> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // The channel is closed if the thread has panicked. A new thread then opens the database again.
        if let Some(jobs) = jobs.as_ref().filter(|jobs| !jobs.is_closed()) {
            return Ok(jobs.clone());
        }
        let (sender, receiver) = tokio::sync::mpsc::channel(QUEUE);
        let settings = self.settings.clone();
        let thread = std::thread::Builder::new().name("ottpay-sqlite".to_owned());
        thread.spawn(move || serve(&settings, receiver)).map_err(|error| {
            StoreError::new(StoreErrorKind::Unavailable, "cannot start the thread of the database").with_source(error)
        })?;
        Ok(jobs.insert(sender).clone())
    }

    async fn start(&self, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        let ended =
            || StoreError::new(StoreErrorKind::Unavailable, "the thread of the database has ended unexpectedly");
        let (begun, answer) = oneshot::channel();
        // A channel of the standard library, because the thread waits for steps with a time limit.
        let (steps, receiver) = mpsc::channel();
        let job = Job { limit, asked_at: Instant::now(), begun, steps: receiver };
        self.jobs()?.send(job).await.map_err(|_| ended())?;
        let until = answer.await.map_err(|_| ended())??;
        Ok(Box::new(Transaction::new(steps, until)))
    }
}

impl Store for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(self.start(limit))
    }
}
