//! The differences between the databases' SQL: table names, the clock, and locks.

use crate::store::Dialect;

/// The tables of the ledger.
const TABLES: [&str; 9] =
    // `references` is a reserved word of SQL, which is allowed after a schema, and as a part of a longer name.
    ["settings", "merchants", "orders", "references", "hints", "strays", "events", "proven", "verdicts"];

/// Expands a template into a statement for one database. `offset` moves its clock by that many milliseconds, for tests.
///
/// Braces contain the name of a table, or `{now}` (the time in milliseconds), `{lock}` and `{skip}` (at the end of a
/// `SELECT`: lock its rows, or skip locked ones), or `{serial}` (the type of a column that numbers its rows).
pub(crate) fn expand(template: &str, dialect: Dialect, offset: i64) -> String {
    let mut sql = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, opened)| Some((before, opened.split_once('}')?)))
    {
        sql.push_str(before);
        match name {
            "now" => push_now(&mut sql, dialect, offset),
            name => sql.push_str(&replacement(name, dialect)),
        }
        rest = after;
    }
    sql.push_str(rest);
    sql
}

fn push_now(sql: &mut String, dialect: Dialect, offset: i64) {
    let clock = match dialect {
        // `now()` is the start of the transaction, which may be seconds ago. A lease measured by it would end early.
        Dialect::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        Dialect::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    };
    sql.push('(');
    sql.push_str(clock);
    if offset != 0 {
        sql.push_str(&format!(" + {offset}"));
    }
    sql.push(')');
}

fn replacement(name: &str, dialect: Dialect) -> String {
    match (name, dialect) {
        ("lock", Dialect::Postgres) => "FOR UPDATE".to_owned(),
        ("skip", Dialect::Postgres) => "FOR UPDATE SKIP LOCKED".to_owned(),
        // In a join, lock only the rows of orders: callbacks write the others and must not wait.
        ("skip_order", Dialect::Postgres) => "FOR UPDATE OF o SKIP LOCKED".to_owned(),
        // A writing transaction of SQLite has the whole database to itself.
        ("lock" | "skip" | "skip_order", Dialect::Sqlite) => String::new(),
        ("serial", Dialect::Postgres) => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY".to_owned(),
        ("serial", Dialect::Sqlite) => "INTEGER PRIMARY KEY".to_owned(),
        (table, Dialect::Postgres) if TABLES.contains(&table) => format!("ottpay.{table}"),
        (table, Dialect::Sqlite) if TABLES.contains(&table) => format!("ottpay_{table}"),
        // A typing error stays visible: the first test that runs the statement fails.
        (unknown, _) => format!("{{{unknown}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_that_of_its_database() {
        let template = "SELECT id FROM {orders} WHERE next_at <= {now} {skip}";
        assert_eq!(
            expand(template, Dialect::Sqlite, 0),
            "SELECT id FROM ottpay_orders WHERE next_at <= (CAST(unixepoch('subsec') * 1000 AS INTEGER)) "
        );
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert_eq!(expand("SELECT 1 FROM {order}", dialect, 0), "SELECT 1 FROM {order}", "no such table");
        }
        assert_eq!(
            expand(template, Dialect::Postgres, 5000),
            "SELECT id FROM ottpay.orders WHERE next_at <= \
             (CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) + 5000) FOR UPDATE SKIP LOCKED"
        );
    }
}
