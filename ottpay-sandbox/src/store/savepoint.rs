//! A change that is stored completely or not at all, alone or in a group of changes that are committed together.

use std::ops::Deref;

use rusqlite::Connection;

/// A change in progress. Dropping it rolls it back; releasing the outermost one commits.
///
/// The savepoint of rusqlite borrows the connection mutably, so a function could not begin one inside a savepoint that
/// it does not know of.
pub(super) struct Savepoint<'a> {
    connection: &'a Connection,
    is_open: bool,
}

impl<'a> Savepoint<'a> {
    pub(super) fn begin(connection: &'a Connection) -> rusqlite::Result<Self> {
        // All savepoints have the same name: SQLite takes the innermost one.
        connection.prepare_cached("SAVEPOINT change")?.execute([])?;
        Ok(Self { connection, is_open: true })
    }

    pub(super) fn release(mut self) -> rusqlite::Result<()> {
        self.connection.prepare_cached("RELEASE change")?.execute([])?;
        self.is_open = false;
        Ok(())
    }
}

impl Deref for Savepoint<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.is_open {
            // After a disk error SQLite has already rolled back, and the savepoint does not exist any more.
            let _ = self.connection.execute_batch("ROLLBACK TO change; RELEASE change");
        }
    }
}
