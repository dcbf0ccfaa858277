//! Opens the database, and creates or upgrades its tables.

use std::path::Path;
use std::time::Duration;

use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::file::{open_file, prepare_file};
use super::owner::{OpenError, Owner, explain_lock, find_owner, set_owner};
use super::savepoint::Savepoint;
use crate::synchronous::Synchronous;

/// The maximum number of exchanges in a file, and in memory.
const MAX_IN_FILE: i64 = 200_000;
const MAX_IN_MEMORY: i64 = 10_000;

/// Upgrades from each layout to the next, starting with the first.
const UPGRADES: [&str; 4] = [
    include_str!("upgrade_1.sql"),
    include_str!("upgrade_2.sql"),
    include_str!("upgrade_3.sql"),
    include_str!("upgrade_4.sql"),
];

/// The database. Every change is stored completely or not at all.
#[derive(Debug)]
pub(crate) struct Store {
    /// Reentrant, because a group of changes and each of its changes lock it.
    connection: ReentrantMutex<Connection>,
    /// The maximum number of stored exchanges.
    pub(super) max_exchanges: i64,
}

impl Store {
    /// Opens a database in memory, or in a file, which is created if it does not exist.
    pub(crate) fn open(file: Option<&Path>, synchronous: Synchronous) -> Result<Self, OpenError> {
        let connection = match file {
            None => Connection::open_in_memory()?,
            Some(file) => open_file(&prepare_file(file)?)?,
        };
        connection.busy_timeout(Duration::from_millis(200))?;
        if file.is_some() {
            // Only one process may use the file: two would mix their clocks, callbacks and faults.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        let max_exchanges = if file.is_some() { MAX_IN_FILE } else { MAX_IN_MEMORY };
        let mut store = Self { connection: ReentrantMutex::new(connection), max_exchanges };
        store.create_tables()?;
        if file.is_some() {
            // Only now, because the owner must be in the file itself and not in its write-ahead log.
            let connection = store.lock();
            connection.pragma_update(None, "journal_mode", "WAL").map_err(explain_lock)?;
            connection.pragma_update(None, "synchronous", synchronous.pragma())?;
        }
        store.unclaim_callbacks()?;
        Ok(store)
    }

    /// Creates the tables of a new database, or upgrades those of an earlier layout.
    fn create_tables(&mut self) -> Result<(), OpenError> {
        let connection = self.connection.get_mut();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(explain_lock)?;
        let scripts: &[&str] = match find_owner(&transaction)? {
            Owner::None => &[include_str!("schema.sql")],
            Owner::Earlier(layout) => {
                let first = usize::try_from(layout).unwrap_or_default().saturating_sub(1);
                UPGRADES.get(first..).unwrap_or_default()
            }
            Owner::Sandbox => &[],
        };
        for script in scripts {
            transaction.execute_batch(script)?;
        }
        if !scripts.is_empty() {
            set_owner(&transaction)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Locks the connection. After a panic of another user it is still consistent: uncommitted changes are rolled back.
    pub(super) fn lock(&self) -> ReentrantMutexGuard<'_, Connection> {
        self.connection.lock()
    }

    /// Applies changes and commits them together; each may fail on its own. Returns their results, and whether they
    /// were committed.
    ///
    /// Stops early if the disk fails, because SQLite then rolls back the changes that were applied.
    pub(crate) fn commit_together<T>(&self, changes: &mut impl Iterator<Item = T>) -> (Vec<T>, rusqlite::Result<()>) {
        let connection = self.lock();
        let group = match Savepoint::begin(&connection) {
            Ok(group) => group,
            Err(error) => return (Vec::new(), Err(error)),
        };
        let mut done = Vec::new();
        for change in changes {
            done.push(change);
            if connection.is_autocommit() {
                break;
            }
        }
        (done, group.release())
    }

    /// Rolls back in the middle of a group of changes, as SQLite does when the disk is full.
    #[cfg(test)]
    pub(crate) fn undo_group(&self) {
        let undone = self.lock().execute_batch("ROLLBACK");
        assert_eq!(undone, Ok(()));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A database file in its own folder, which is removed on drop.
    struct File(std::path::PathBuf);

    impl File {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("ottpay-store-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn open(&self, synchronous: Synchronous) -> Store {
            Store::open(Some(&self.0.join("orders.db")), synchronous).unwrap()
        }

        /// Counts the commits in the write-ahead log: the header of the last frame of each commit contains the size of
        /// the database.
        fn count_commits(&self) -> usize {
            let log = std::fs::read(self.0.join("orders.db-wal")).unwrap();
            let size = u32::from_be_bytes(log[8..12].try_into().unwrap());
            log[32..].chunks(24 + usize::try_from(size).unwrap()).filter(|frame| frame[4..8] != [0; 4]).count()
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn settings(store: &Store) -> Vec<String> {
        let connection = store.lock();
        let mut statement = connection.prepare("SELECT name FROM settings ORDER BY name").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_group_of_changes_is_one_commit() {
        let file = File::new("group");
        let store = file.open(Synchronous::Full);
        store.set("alone", "").unwrap();
        let before = file.count_commits();
        let (done, kept) = store.commit_together(&mut ["a", "b", "c"].iter().map(|name| store.set(name, "")));
        assert!(kept.is_ok() && done.len() == 3 && done.iter().all(Result::is_ok));
        assert_eq!(file.count_commits(), before + 1);
        assert_eq!(settings(&store), ["a", "alone", "b", "c"]);
    }

    #[test]
    fn a_change_that_fails_or_panics_is_undone_without_the_others_of_its_group() {
        let store = Store::open(None, Synchronous::Normal).unwrap();
        let change = |name: &str| {
            let connection = store.lock();
            let change = Savepoint::begin(&connection).unwrap();
            store.set(name, "").unwrap();
            match name {
                "fails" => drop(change),
                "panics" => panic!("as the test wants it"),
                _ => change.release().unwrap(),
            }
        };
        let catch = |name| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| change(name))).is_ok();
        let (done, kept) = store.commit_together(&mut ["a", "fails", "panics", "b"].into_iter().map(catch));
        assert!(kept.is_ok());
        assert_eq!(done, [true, true, false, true]);
        assert_eq!(settings(&store), ["a", "b"]);
    }

    #[test]
    fn a_failed_commit_is_reported_and_undone() {
        let store = Store::open(None, Synchronous::Normal).unwrap();
        let script = "PRAGMA foreign_keys = ON; CREATE TABLE child (parent TEXT REFERENCES settings DEFERRABLE INITIALLY DEFERRED)";
        store.lock().execute_batch(script).unwrap();
        let change = |name: &str| match name {
            "orphan" => store.lock().execute("INSERT INTO child VALUES ('nobody')", []).map(drop),
            name => store.set(name, ""),
        };
        let (done, kept) = store.commit_together(&mut ["a", "orphan", "b"].into_iter().map(change));
        assert!(done.len() == 3 && done.iter().all(Result::is_ok));
        assert!(kept.unwrap_err().to_string().contains("FOREIGN KEY"));
        assert!(settings(&store).is_empty());
        store.set("later", "").unwrap();
        assert_eq!(settings(&store), ["later"]);
    }

    #[test]
    fn a_group_that_is_undone_meanwhile_ends_there() {
        let store = Store::open(None, Synchronous::Normal).unwrap();
        let change = |name: &str| match name {
            "full" => store.undo_group(),
            name => store.set(name, "").unwrap(),
        };
        let mut changes = ["a", "full", "b"].into_iter().map(change);
        let (done, kept) = store.commit_together(&mut changes);
        assert!(done.len() == 2 && kept.is_err());
        let (done, kept) = store.commit_together(&mut changes);
        assert!(done.len() == 1 && kept.is_ok());
        assert_eq!(settings(&store), ["b"]);
    }

    #[test]
    fn the_level_is_that_of_sqlite() {
        for (level, number) in [(Synchronous::Normal, 1), (Synchronous::Full, 2)] {
            let file = File::new(level.pragma());
            let store = file.open(level);
            let set: i64 = store.lock().pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
            assert_eq!(set, number);
        }
    }
}
