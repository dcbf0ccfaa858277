//! Makes the tables, or finds that another program or a later version made them.

use crate::db::{Db, Txn};
use crate::names::expand;
use crate::store::{CommitError, Dialect, StoreError, StoreErrorKind};

/// The version of the schema that this crate writes.
const VERSION: i64 = 1;

/// Statements that lead from one version to the next, in order; the first from nothing.
const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// Why the tables cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error("the tables are of version {found}, this program knows version {VERSION}")]
    Newer { found: i64 },
    #[error("there are tables with the ledger's names, but no version of the ledger is stored in them")]
    Foreign,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings the tables to this version. Several processes may do this at once: one does it, the others wait for it.
pub(crate) async fn migrate(db: &Db) -> Result<(), MigrateError> {
    let mut txn = db.begin().await?;
    if db.dialect() == Dialect::Postgres {
        // Nobody else's number: "ottpay" in ASCII.
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
        // Whether the tables are there is seen when they are used.
        Err(CommitError::Unknown(_)) => Ok(()),
    }
}

/// Whether the tables are there in this version. Changes nothing.
pub(crate) async fn is_current(db: &Db) -> Result<bool, MigrateError> {
    match find_version(&mut db.begin().await?).await? {
        Some(found) if found > VERSION => Err(MigrateError::Newer { found }),
        found => Ok(found == Some(VERSION)),
    }
}

/// The version that is stored, if there is one.
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
        Err(error) if error.kind() == StoreErrorKind::Statement => return Err(MigrateError::Foreign),
        Err(error) => return Err(error.into()),
    };
    value.parse().map(Some).map_err(|_| MigrateError::Foreign)
}

/// The statements of a script, without comments. No string in them contains a semicolon.
fn statements(script: &str) -> impl Iterator<Item = &str> {
    script.split(';').map(str::trim).filter(|statement| !statement.is_empty())
}

/// The SQL that makes the tables of this version from nothing, for those who let no program change a schema by itself. A
/// ledger that finds them leaves them as they are.
pub fn schema(dialect: Dialect) -> String {
    let own = match dialect {
        Dialect::Postgres => "CREATE SCHEMA IF NOT EXISTS ottpay;\n\n",
        Dialect::Sqlite => "",
    };
    let tables = STEPS.iter().map(|step| expand(step, dialect, 0).trim_end().to_owned() + ";\n\n");
    let version = format!("INSERT INTO {{settings}} (name, value) VALUES ('schema', '{VERSION}');\n");
    std::iter::once(own.to_owned()).chain(tables).chain([expand(&version, dialect, 0)]).collect()
}
