//! The store on SQLite: what only it can get wrong.

use std::time::{Duration, Instant};

use ottpay_ledger::Sqlite;
use ottpay_ledger::store::{CommitError, RawTx, Store, StoreError, StoreErrorKind, Value};

const LIMIT: Duration = Duration::from_secs(5);

/// A folder that is removed with the test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ottpay-stores-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.join("shop.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn begin(store: &Sqlite) -> Box<dyn RawTx> {
    store.begin(LIMIT).await.unwrap()
}

async fn with_table(store: &Sqlite) {
    let mut tx = begin(store).await;
    tx.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE)", &[]).await.unwrap();
    tx.commit().await.unwrap();
}

fn not_committed(result: Result<(), CommitError>) -> StoreError {
    match result {
        Err(CommitError::NotCommitted(error)) => error,
        other => panic!("expected that it is not committed, found {other:?}"),
    }
}

#[tokio::test]
async fn a_parameter_gets_the_value_of_its_number() {
    let store = Sqlite::memory();
    let mut tx = begin(&store).await;
    let rows = tx.query("SELECT $2, $1, $2", &["one".into(), "two".into()]).await.unwrap();
    assert_eq!(rows[0].columns(), ["two".into(), "one".into(), "two".into()]);
    for (sql, values) in [
        ("SELECT $1", vec![]),
        ("SELECT $1", vec![Value::Null, Value::Null]),
        ("SELECT $1, $3", vec![Value::Null; 3]),
        ("SELECT ?", vec![Value::Null]),
        ("SELECT ?1", vec![Value::Null]),
        ("SELECT :a", vec![Value::Null]),
        ("SELECT $a", vec![Value::Null]),
        ("SELECT $01", vec![Value::Null]),
        ("SELECT $0", vec![Value::Null]),
        ("SELECT $1::bigint", vec![Value::Null]),
        ("SELECT $99999999999999999999999", vec![Value::Null]),
    ] {
        assert_eq!(tx.query(sql, &values).await.unwrap_err().kind(), StoreErrorKind::Statement, "{sql}");
    }
    assert_eq!(tx.query("SELECT 1", &[]).await.unwrap().len(), 1, "the transaction goes on");
}

#[tokio::test]
async fn a_floating_point_number_is_not_read() {
    let mut tx = begin(&Sqlite::memory()).await;
    let error = tx.query("SELECT 1, 19.99", &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Statement);
    assert!(error.to_string().starts_with("column 1 is a floating-point number"), "{error}");
}

#[tokio::test]
async fn several_statements_in_one_call_are_refused() {
    let store = Sqlite::memory();
    with_table(&store).await;
    let mut tx = begin(&store).await;
    let error = tx.execute("INSERT INTO t VALUES (1, 'a'); INSERT INTO t VALUES (2, 'b')", &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "expected one statement, found several: run each in a call of its own");
    assert!(tx.query("SELECT a FROM t", &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_error_of_a_trigger_or_of_a_function_does_not_show_its_values() {
    let store = Sqlite::memory();
    with_table(&store).await;
    let mut tx = begin(&store).await;
    let trigger = "CREATE TRIGGER g BEFORE INSERT ON t WHEN new.b = 'secret' BEGIN SELECT RAISE(ABORT, 'secret'); END";
    tx.execute(trigger, &[]).await.unwrap();
    let error = tx.execute("INSERT INTO t VALUES (1, $1)", &["secret".into()]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    let error = tx.query("SELECT json_extract('{}', $1)", &["secret".into()]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Statement);
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    // What is wrong with the text itself is shown.
    let error = tx.query("SELECT a FROM nowhere", &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "the statement is invalid: no such table: nowhere");
}

#[tokio::test]
async fn a_new_file_is_only_for_its_owner_and_its_journal_is_left_as_it_is() {
    let folder = Folder::new("new");
    let store = Sqlite::file(folder.file());
    with_table(&store).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut tx = begin(&store).await;
    let pragma = |name: &str| format!("SELECT * FROM pragma_{name}");
    assert_eq!(tx.query(&pragma("journal_mode"), &[]).await.unwrap()[0].get::<String>(0).unwrap(), "delete");
    assert_eq!(tx.query(&pragma("synchronous"), &[]).await.unwrap()[0].get::<i64>(0).unwrap(), 3);
    // It is changed as soon as it is not in use.
    let wal = Sqlite::file(folder.file()).wal(true);
    let release = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(tx);
    };
    let (begun, ()) = tokio::join!(wal.begin(LIMIT), release);
    let mut tx = begun.unwrap();
    assert_eq!(tx.query(&pragma("journal_mode"), &[]).await.unwrap()[0].get::<String>(0).unwrap(), "wal");
    assert_eq!(tx.query(&pragma("synchronous"), &[]).await.unwrap()[0].get::<i64>(0).unwrap(), 3);
}

#[tokio::test]
async fn a_place_that_cannot_be_a_database_is_named() {
    let folder = Folder::new("places");
    std::fs::write(folder.0.join("text"), "this is a text and not a database, however long it may be".repeat(50))
        .unwrap();
    for (path, text) in [
        (folder.0.join("nowhere/shop.db"), "cannot open or create the database file"),
        (folder.0.clone(), "is not a file"),
        (folder.0.join("shop.db/"), "is not a file"),
        (std::path::PathBuf::new(), "is not a file"),
        (folder.0.join("text"), "not an SQLite database"),
    ] {
        let Err(error) = Sqlite::file(&path).begin(LIMIT).await else { panic!("{} was opened", path.display()) };
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_another_connection_locks_is_unavailable_for_that_long() {
    let folder = Folder::new("locked");
    let store = Sqlite::file(folder.file());
    with_table(&store).await;
    let other = Sqlite::file(folder.file());
    let mut held = begin(&other).await;
    held.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.begin(LIMIT).await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "it began beside another");
    held.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_reader_in_another_program_delays_a_commit_and_does_not_break_it() {
    let folder = Folder::new("reader");
    let store = Sqlite::file(folder.file());
    with_table(&store).await;
    let reader = rusqlite::Connection::open(folder.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM t").unwrap();
    let mut tx = store.begin(Duration::from_millis(1500)).await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap();
    let error = not_committed(tx.commit().await);
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    reader.execute_batch("ROLLBACK").unwrap();
    let mut tx = begin(&store).await;
    assert!(tx.query("SELECT * FROM t", &[]).await.unwrap().is_empty(), "half of it was committed");
    tx.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_full_database_is_unavailable_and_nothing_of_the_transaction_is_there() {
    let store = Sqlite::memory();
    with_table(&store).await;
    let mut tx = begin(&store).await;
    tx.query("PRAGMA max_page_count = 20", &[]).await.unwrap();
    tx.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap();
    let error = tx.execute("INSERT INTO t VALUES (2, $1)", &["b".repeat(1 << 20).into()]).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("full")), (StoreErrorKind::Unavailable, true), "{error}");
    let after = tx.query("SELECT * FROM t", &[]).await;
    // SQLite may have rolled back automatically; if so, it is not run outside of a transaction.
    if let Err(error) = &after {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        not_committed(tx.commit().await);
    } else {
        drop(tx);
    }
    let mut tx = begin(&store).await;
    assert!(tx.query("SELECT * FROM t", &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_read_only_database_reports_it() {
    let folder = Folder::new("read-only");
    let store = Sqlite::file(folder.file());
    with_table(&store).await;
    let mut tx = begin(&store).await;
    // As root no file is read-only.
    tx.execute("PRAGMA query_only = 1", &[]).await.unwrap();
    let error = tx.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("read-only")), (StoreErrorKind::Unavailable, true), "{error}");
}

#[tokio::test]
async fn a_file_that_was_replaced_is_opened_again_instead_of_written_into_the_void() {
    let folder = Folder::new("replaced");
    let store = Sqlite::file(folder.file()).wal(true);
    with_table(&store).await;
    for file in ["shop.db", "shop.db-wal", "shop.db-shm"] {
        std::fs::remove_file(folder.0.join(file)).unwrap();
    }
    let Err(error) = store.begin(LIMIT).await else { panic!("a transaction on a deleted file") };
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let mut tx = begin(&store).await;
    assert!(tx.query("SELECT name FROM sqlite_master", &[]).await.unwrap().is_empty(), "it is not the new file");
}

#[tokio::test]
async fn a_statement_that_runs_for_too_long_is_interrupted_on_the_thread() {
    let store = Sqlite::memory();
    let mut tx = store.begin(Duration::from_millis(200)).await.unwrap();
    let start = Instant::now();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let error = tx.query(endless, &[]).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Expired, "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(tx.query("SELECT 1", &[]).await.unwrap_err().kind(), StoreErrorKind::Expired);
    begin(&store).await.query("SELECT 1", &[]).await.unwrap();
}

#[tokio::test]
async fn the_thread_ends_with_the_last_handle_and_rolls_back_open_transactions() {
    let folder = Folder::new("ends");
    let store = Sqlite::file(folder.file()).wal(true);
    with_table(&store).await;
    let mut tx = begin(&store).await;
    tx.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap();
    let clone = store.clone();
    drop(store);
    drop(tx);
    assert!(begin(&clone).await.query("SELECT * FROM t", &[]).await.unwrap().is_empty());
    drop(clone);
    // The last connection removes its log.
    let log = folder.0.join("shop.db-wal");
    let start = Instant::now();
    while log.exists() {
        assert!(start.elapsed() < Duration::from_secs(10), "the connection was not closed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_caller_waiting_for_an_open_transaction_gets_an_error_in_time() {
    let store = Sqlite::memory();
    let held = store.begin(Duration::from_secs(60)).await.unwrap();
    let start = Instant::now();
    let (first, second) = tokio::join!(store.begin(LIMIT), store.begin(LIMIT));
    for begun in [first, second] {
        let Err(error) = begun else { panic!("it began beside another") };
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    }
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(10) && waited < Duration::from_secs(20), "{waited:?}");
    held.commit().await.unwrap();
    begin(&store).await;
}

#[tokio::test(start_paused = true)]
async fn limits_are_in_real_time_whatever_the_clock_of_the_runtime_does() {
    let store = Sqlite::memory();
    with_table(&store).await;
    let mut tx = begin(&store).await;
    tx.execute("INSERT INTO t VALUES (1, 'a')", &[]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    tx.commit().await.unwrap();
    assert_eq!(begin(&store).await.query("SELECT * FROM t", &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_store_is_used_from_several_runtimes() {
    let store = Sqlite::memory();
    with_table(&store).await;
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { begin(&store).await.query("SELECT * FROM t", &[]).await.unwrap() });
    })
    .join()
    .unwrap();
}

#[tokio::test]
async fn a_file_that_is_in_use_is_switched_to_a_write_ahead_log_once_it_is_free() {
    let folder = Folder::new("wal-busy");
    with_table(&Sqlite::file(folder.file())).await;
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    other.execute_batch("BEGIN; SELECT a FROM t").unwrap();
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        other.execute_batch("COMMIT").unwrap();
    });
    let start = Instant::now();
    let mut tx = begin(&Sqlite::file(folder.file()).wal(true)).await;
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
    let mode = tx.query("SELECT journal_mode FROM pragma_journal_mode", &[]).await.unwrap();
    assert_eq!(mode[0].columns(), ["wal".into()]);
    release.join().unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_not_waited_for() {
    let folder = Folder::new("wal-text");
    std::fs::write(folder.file(), "This is a letter of several lines, and not a database.\n".repeat(99)).unwrap();
    let start = Instant::now();
    let Err(error) = Sqlite::file(folder.file()).wal(true).begin(LIMIT).await else { panic!("a letter is a database") };
    assert!(error.to_string().starts_with("the file is not an SQLite database"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
