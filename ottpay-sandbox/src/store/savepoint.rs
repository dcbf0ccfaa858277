//! A change that is kept as a whole or not at all: by itself, or within a group of changes that are committed together.

use std::ops::Deref;

use rusqlite::Connection;

/// A change under way. It is undone when it is dropped before it is released; releasing the outermost one commits.
///
/// That of rusqlite borrows the connection mutably, so one could not be begun within another by a caller that does not know
/// of the outer one.
pub(super) struct Savepoint<'a> {
    connection: &'a Connection,
    is_open: bool,
}

impl<'a> Savepoint<'a> {
    pub(super) fn begin(connection: &'a Connection) -> rusqlite::Result<Self> {
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
            // After an error of the disk SQLite has undone it already, and does not know it any more.
            let _ = self.connection.execute_batch("ROLLBACK TO change; RELEASE change");
        }
    }
}
