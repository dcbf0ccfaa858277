//! The database: its connection, its tables, and its settings.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::file::{open_file, prepare_file};
use super::owner::{OpenError, Owner, explain_lock, find_owner, set_owner};

/// How many exchanges a file keeps, and the memory.
const MAX_IN_FILE: i64 = 200_000;
const MAX_IN_MEMORY: i64 = 10_000;

/// The database. Every change is one transaction.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
    /// How many exchanges it keeps.
    pub(super) max_exchanges: i64,
}

impl Store {
    /// A database in memory, or in a file, which is created if it does not exist.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, OpenError> {
        let connection = match file {
            None => Connection::open_in_memory()?,
            Some(file) => open_file(&prepare_file(file)?)?,
        };
        connection.busy_timeout(Duration::from_millis(200))?;
        if file.is_some() {
            // One process at a time: two would mix their clocks, callbacks and faults.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        let max_exchanges = if file.is_some() { MAX_IN_FILE } else { MAX_IN_MEMORY };
        let mut store = Self { connection: Mutex::new(connection), max_exchanges };
        store.create_tables()?;
        if file.is_some() {
            // Not earlier: the owner has to be in the file itself, and not in the log beside it.
            let connection = store.lock();
            connection.pragma_update(None, "journal_mode", "WAL").map_err(explain_lock)?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        store.unclaim_callbacks()?;
        Ok(store)
    }

    /// Creates the tables of a new database, and upgrades those of the first layout.
    fn create_tables(&mut self) -> Result<(), OpenError> {
        let connection = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(explain_lock)?;
        let script = match find_owner(&transaction)? {
            Owner::None => Some(include_str!("schema.sql")),
            Owner::First => Some(include_str!("upgrade.sql")),
            Owner::Sandbox => None,
        };
        if let Some(script) = script {
            transaction.execute_batch(script)?;
            set_owner(&transaction)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The connection. A panic while it is locked does no harm: what was not committed is rolled back.
    pub(super) fn lock(&self) -> MutexGuard<'_, Connection> {
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
