//! Types, and errors that contain values on the server's side.

use ottpay_ledger::Postgres;
use ottpay_ledger::store::{StoreErrorKind, Value};

use super::{begin, run, shown, text};
use crate::postgres_server;

#[tokio::test]
async fn a_column_that_is_not_read_is_named_with_its_type() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TYPE mood AS ENUM ('well')").await;
    for (column, name) in [
        ("19.99", "numeric"),
        ("CAST(19.99 AS DOUBLE PRECISION)", "float8"),
        ("now()", "timestamptz"),
        ("CAST('{}' AS JSONB)", "jsonb"),
        ("ARRAY[1]", "_int4"),
        ("CAST('well' AS mood)", "mood"),
    ] {
        let error = begin(&store).await.query(&format!("SELECT 1, {column}"), &[]).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Statement);
        assert!(error.to_string().starts_with(&format!("cannot read column 1 of type {name}:")), "{error}");
        let sql = format!("SELECT CAST({column} AS TEXT)");
        assert!(begin(&store).await.query(&sql, &[]).await.is_ok());
    }
    let sql = "SELECT CAST(1 AS SMALLINT), CAST('a' AS VARCHAR(9)), CAST('a' AS CHAR(3)), current_user, pg_sleep(0)";
    let found = begin(&store).await.query(sql, &[]).await.unwrap();
    let expected: [Value; 5] = [1.into(), "a".into(), "a  ".into(), "postgres".into(), Value::Null];
    assert_eq!(found[0].columns(), expected);
}

#[tokio::test]
async fn another_type_is_written_as_a_cast() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TABLE t (a UUID, b INT, c JSONB, d TIMESTAMPTZ)").await;
    let mut tx = begin(&store).await;
    let sql = "INSERT INTO t VALUES (CAST($1 AS UUID), $2, CAST($3 AS JSONB), CAST($4 AS TIMESTAMPTZ))";
    let uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
    tx.execute(sql, &[uuid.into(), 7.into(), "{\"a\": 1}".into(), Value::Null]).await.unwrap();
    assert_eq!(text(&mut tx, "SELECT CAST(a AS TEXT) FROM t").await, uuid);
    let error = tx.execute("INSERT INTO t (a) VALUES ($1)", &[uuid.into()]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Statement);
    // The error is about the text alone, so the server's own message is shown.
    assert!(error.to_string().ends_with("column \"a\" is of type uuid but expression is of type text"), "{error}");
}

#[tokio::test]
async fn values_that_the_server_shows_are_not_shown_on() {
    let Some(server) = postgres_server::shared() else { return };
    let store = Postgres::connect(&server.fresh_database()).await.unwrap();
    run(&store, "CREATE TABLE t (a TEXT CONSTRAINT one_name UNIQUE, b BIGINT CHECK (b < 9), c VARCHAR(3))").await;
    run(
        &store,
        "CREATE FUNCTION shout(a TEXT) RETURNS TEXT LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION 'no: %', a USING DETAIL = a, HINT = a; END $$",
    )
    .await;
    run(
        &store,
        "CREATE FUNCTION build(a TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || a; RETURN 1; END $$",
    )
    .await;
    for (sql, text) in [
        ("INSERT INTO t (a) VALUES ($1), ($1)", "constraint one_name, table t (SQLSTATE 23505)"),
        (
            "INSERT INTO t (a, b) VALUES ($1, 10)",
            "a row violates a constraint, constraint t_b_check, table t (SQLSTATE 23514)",
        ),
        ("INSERT INTO t (c) VALUES ($1)", "(SQLSTATE 22001)"),
        ("SELECT CAST($1 AS BIGINT)", "(SQLSTATE 22P02)"),
        ("SELECT CAST($1 AS JSONB)", "(SQLSTATE 22P02)"),
        ("SELECT shout($1)", "(SQLSTATE P0001)"),
        ("SELECT build($1)", "(SQLSTATE 42703)"),
    ] {
        let error = begin(&store).await.query(sql, &["hidden".into()]).await.unwrap_err();
        assert!(error.to_string().ends_with(text), "{error}");
        assert!(!shown(&error).contains("hidden"), "{sql}: {error:?}");
    }
}
