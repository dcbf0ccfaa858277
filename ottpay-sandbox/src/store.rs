//! What the sandbox remembers, in SQLite: in memory, or in a file that outlives it.

mod callbacks;
mod file;
mod messages;
mod orders;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

pub(crate) use callbacks::{Callback, CallbackState};
pub(crate) use messages::{Exchange, Filter, MAX_BODY};
pub(crate) use orders::{ActError, AddError, RefundError};

/// The database. Every change is one transaction.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
    max_exchanges: i64,
}

/// Bytes at the head of a SQLite file that say whose it is ("OTTP"), and the layout of the tables.
const APPLICATION_ID: i32 = 0x4F54_5450;
const LAYOUT: i32 = 1;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("it is the database of another program; give a file of its own")]
    Foreign,
    #[error("it is no file; give the name of one, or of one that is to be made")]
    NoFile,
    #[error("it is no database, or a damaged one; give a file of its own")]
    NoDatabase,
    #[error("its layout is {0}, this version knows {LAYOUT}; give a new file")]
    Layout(i32),
    #[error("another sandbox has it open; stop that one, or give another file")]
    InUse,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("it has orders of the action {0}, which the specification lacks; give another file, or the specification")]
    Action(String),
}

impl Store {
    /// A database in memory, or in a file, which is made if it is not there.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, OpenError> {
        let connection = match file {
            None => Connection::open_in_memory()?,
            Some(file) => {
                file::prepare(file)?;
                Connection::open(file)?
            }
        };
        connection.busy_timeout(Duration::from_millis(200))?;
        if file.is_some() {
            // One process at a time: the clock, the callbacks and the faults of two would mix.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        let max_exchanges = if file.is_some() { messages::MAX_IN_FILE } else { messages::MAX_IN_MEMORY };
        let mut store = Self { connection: Mutex::new(connection), max_exchanges };
        store.prepare()?;
        if file.is_some() {
            // Not earlier: whose the file is has to stand in the file itself, and not in the log beside it.
            let connection = store.lock();
            connection.pragma_update(None, "journal_mode", "WAL").map_err(in_use)?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        store.unclaim_callbacks()?;
        Ok(store)
    }

    fn prepare(&mut self) -> Result<(), OpenError> {
        let connection = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(in_use)?;
        match owner(&transaction)? {
            Owner::Nobody => {
                transaction.execute_batch(include_str!("store/schema.sql"))?;
                transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
                transaction.pragma_update(None, "user_version", LAYOUT)?;
            }
            Owner::Sandbox => {}
        }
        transaction.commit()?;
        Ok(())
    }

    /// The connection. A panic elsewhere leaves the database as it was: what is not committed is undone.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn setting(&self, name: &str) -> rusqlite::Result<Option<String>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
        statement.query_row([name], |row| row.get(0)).optional()
    }

    pub(crate) fn set(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        let upsert = "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.lock().execute(upsert, params![name, value]).map(drop)
    }
}

/// A map as it is kept.
fn json(map: &BTreeMap<String, String>) -> String {
    serde_json::json!(map).to_string()
}

/// Whose a database is, if a sandbox may use it.
#[derive(Debug, PartialEq, Eq)]
enum Owner {
    /// There is nothing in it.
    Nobody,
    Sandbox,
}

fn owner(connection: &Connection) -> Result<Owner, OpenError> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (number("application_id")?, number("user_version")?) {
        (0, 0) if tables == 0 => Ok(Owner::Nobody),
        (APPLICATION_ID, LAYOUT) => Ok(Owner::Sandbox),
        (APPLICATION_ID, other) => Err(OpenError::Layout(other)),
        _ => Err(OpenError::Foreign),
    }
}

fn in_use(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => OpenError::InUse,
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => OpenError::NoDatabase,
        _ => OpenError::Sqlite(error),
    }
}
