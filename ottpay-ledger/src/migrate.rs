//! Creates the tables, or detects that another program or a later version created them.

use crate::db::{Db, Txn};
use crate::names::expand;
use crate::store::{CommitError, Dialect, StoreError, StoreErrorKind};

/// The schema version that this crate writes.
const VERSION: i64 = 1;

/// The statements that lead from each version to the next; the first creates version 1.
const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// Why the tables cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error("the tables have schema version {found}, but this program knows only versions up to {VERSION}: upgrade it")]
    Newer { found: i64 },
    #[error("tables with the ledger's names exist, but they contain no schema version of the ledger")]
    Foreign,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Upgrades the tables to this version. If several processes call it at once, one upgrades and the others wait.
pub(crate) async fn migrate(db: &Db) -> Result<(), MigrateError> {
    let mut txn = db.begin().await?;
    // On SQLite every transaction of the ledger holds the file's write lock from its beginning.
    if db.dialect() == Dialect::Postgres {
        // "ottpay" in ASCII, so that the lock does not collide with one of the shop's own.
        txn.query("SELECT 1 FROM pg_advisory_xact_lock(122511417827705)", &[]).await?;
    }
    let found = find_version(&mut txn).await?;
    let from = match found {
        Some(found) if found > VERSION => return Err(MigrateError::Newer { found }),
        Some(VERSION) => return Ok(()),
        Some(found) => usize::try_from(found).map_err(|_| MigrateError::Foreign)?,
        None => 0,
    };
    if found.is_none() && db.dialect() == Dialect::Postgres {
        txn.execute("CREATE SCHEMA IF NOT EXISTS ottpay", &[]).await?;
    }
    for step in STEPS.iter().skip(from) {
        for statement in statements(step) {
            txn.execute(statement, &[]).await.map_err(|error| match error.kind() {
                // No version is stored, and yet a table of this name exists.
                StoreErrorKind::Statement if from == 0 => MigrateError::Foreign,
                _ => error.into(),
            })?;
        }
    }
    let sql = "INSERT INTO {settings} (name, value) VALUES ('schema', $1)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    txn.execute(sql, &[VERSION.to_string().into()]).await?;
    match txn.commit().await {
        Ok(()) => Ok(()),
        Err(CommitError::NotCommitted(error)) => Err(error.into()),
        // If the commit was lost, the first use of the tables reports it.
        Err(CommitError::Unknown(_)) => Ok(()),
    }
}

/// Whether the tables exist and have this version. Changes nothing.
pub(crate) async fn is_current(db: &Db) -> Result<bool, MigrateError> {
    match find_version(&mut db.begin().await?).await? {
        Some(found) if found > VERSION => Err(MigrateError::Newer { found }),
        found => Ok(found == Some(VERSION)),
    }
}

/// Finds the stored schema version, if there is one.
async fn find_version(txn: &mut Txn) -> Result<Option<i64>, MigrateError> {
    let exists = match txn.dialect() {
        Dialect::Postgres => {
            "SELECT 1 FROM information_schema.tables WHERE table_schema = 'ottpay' AND table_name = 'settings'"
        }
        Dialect::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ottpay_settings'",
    };
    if txn.query_first(exists, &[]).await?.is_none() {
        return Ok(None);
    }
    let row = txn.query_first("SELECT value FROM {settings} WHERE name = 'schema'", &[]).await;
    let value = match row {
        Ok(Some(row)) => row.get::<String>(0).map_err(StoreError::from)?,
        Ok(None) => return Err(MigrateError::Foreign),
        // The table has other columns than the ledger's.
        Err(error) if error.kind() == StoreErrorKind::Statement => return Err(MigrateError::Foreign),
        Err(error) => return Err(error.into()),
    };
    value.parse().map(Some).map_err(|_| MigrateError::Foreign)
}

/// Splits a script into statements. No string or comment in it may contain a semicolon.
fn statements(script: &str) -> impl Iterator<Item = &str> {
    script.split(';').map(str::trim).filter(|statement| !statement.is_empty())
}

/// Returns the SQL that creates the tables of this version, for shops whose programs may not change the schema
/// themselves.
///
/// A ledger that finds these tables leaves them unchanged.
pub fn schema(dialect: Dialect) -> String {
    let own = match dialect {
        Dialect::Postgres => "CREATE SCHEMA IF NOT EXISTS ottpay;\n\n",
        Dialect::Sqlite => "",
    };
    let tables = STEPS.iter().map(|step| expand(step, dialect, 0).trim_end().to_owned() + ";\n\n");
    let version = format!("INSERT INTO {{settings}} (name, value) VALUES ('schema', '{VERSION}');\n");
    std::iter::once(own.to_owned()).chain(tables).chain([expand(&version, dialect, 0)]).collect()
}
