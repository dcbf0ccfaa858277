//! The store as the ledger has it: a way to the thread.

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

/// How many transactions wait in the queue; more of them wait before it.
const QUEUE: usize = 256;

/// A database of SQLite. Clones are the same database.
///
/// All its transactions go one after the other through one connection on a thread of its own, which is started by the first
/// of them and ends when the last clone is dropped. So every caller waits behind a transaction that is open, for at most 10
/// seconds; those of other programs on the same file count as well. Keep transactions short.
///
/// Every commit is on the disk before it is reported (`synchronous = EXTRA`). The file must be on a local disk: the locks of
/// network file systems do not hold. It cannot be the file of a pool whose transactions begin with a plain `BEGIN`, unless
/// they repeat what ends with `SQLITE_BUSY`; `BEGIN IMMEDIATE` is what SQLite has for transactions that write.
///
/// Only one version of SQLite's C library can be in a program. Cargo finds one for this crate (and for `ottpay-sandbox`) and
///
/// | beside | with rusqlite |
/// |---|---|
/// | rusqlite 0.39 to 0.43 | the same |
/// | sqlx 0.9 or sea-orm 2, for any database | 0.39 |
/// | diesel 2.3 with SQLite | 0.40 |
/// | sqlx 0.8 for PostgreSQL, with `default-features = false` and without `migrate` | any |
///
/// It finds none beside sqlx 0.8 in another form, sea-orm 1, and rusqlite 0.38 or earlier.
///
/// Limits are measured on the thread, in real time: a paused clock of `tokio` does not hold them, and, as the runtime seems
/// idle while the thread works, moves on meanwhile. Do not pause it in a test with a store.
#[derive(Debug, Clone)]
pub struct Sqlite {
    settings: Settings,
    jobs: Arc<Mutex<Option<Sender<Job>>>>,
}

impl Sqlite {
    /// The database in this file, which is created, readable by its owner only, by the first transaction. If it is the
    /// shop's own, then what a handler writes into the shop's tables is committed together with the ledger's.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(Place::File(path.into()))
    }

    /// A database that is gone with the last clone: for tests.
    pub fn memory() -> Self {
        Self::new(Place::Memory)
    }

    /// Whether the file is changed to a write-ahead log (`journal_mode = WAL`), in which readers of other programs and the
    /// ledger do not wait for each other. It stays so for good and for all its users; without this, the mode is left as it
    /// is.
    #[must_use]
    pub fn wal(self, is_wal: bool) -> Self {
        Self { settings: Settings { is_wal, ..self.settings }, jobs: Arc::default() }
    }

    fn new(place: Place) -> Self {
        Self { settings: Settings { place, is_wal: false }, jobs: Arc::default() }
    }

    /// The queue of the thread, which is started if it does not run.
    fn jobs(&self) -> Result<Sender<Job>, StoreError> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(jobs) = jobs.as_ref().filter(|jobs| !jobs.is_closed()) {
            return Ok(jobs.clone());
        }
        let (sender, receiver) = tokio::sync::mpsc::channel(QUEUE);
        let settings = self.settings.clone();
        let thread = std::thread::Builder::new().name("ottpay-sqlite".to_owned());
        thread.spawn(move || serve(&settings, receiver)).map_err(|error| {
            StoreError::new(StoreErrorKind::Unavailable, "the thread of the database cannot be started")
                .with_source(error)
        })?;
        Ok(jobs.insert(sender).clone())
    }

    async fn start(&self, limit: Duration) -> Result<Box<dyn RawTx>, StoreError> {
        let ended = || StoreError::new(StoreErrorKind::Unavailable, "the thread of the database has ended");
        let (begun, answer) = oneshot::channel();
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
