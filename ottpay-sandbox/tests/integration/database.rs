//! Database files: what outlives a sandbox, who owns them, and who cannot read them.

use std::path::Path;
use std::time::Duration;

use crate::common::{Folder, NOBODY, client_of, control, order, pay, refund_id, shop, until};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use ottpay::{Amount, SignKey};
use ottpay_sandbox::{Delivery, OrderState, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_database_file_outlives_the_sandbox() {
    let folder = Folder::new("outlives");
    let file = folder.0.join("orders.db");
    let (bodies, key) = {
        let (url, bodies) = shop().await;
        let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
        let client = client_of(&sandbox).build().unwrap();
        pay(&client, "T1", 1999, &url).await.unwrap();
        pay(&client, "T2", 5, &url).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(999)).send().await.unwrap();
        let second = Sandbox::builder().database(&file).start().await;
        assert!(second.unwrap_err().to_string().contains("another sandbox has it open"));
        (bodies, sandbox.made_key().unwrap().to_owned())
    };
    assert_eq!(bodies.lock().unwrap().len(), 1);
    let reopened = async || Sandbox::builder().database(&file).start().await;
    let mut sandbox = reopened().await;
    until(async || {
        // The tasks of the first one may still hold the file for a moment.
        if sandbox.is_err() {
            sandbox = reopened().await;
        }
        sandbox.is_ok()
    })
    .await;
    let sandbox = sandbox.unwrap();
    assert_eq!(sandbox.made_key(), Some(&*key));
    let paid = sandbox.order("T1").unwrap().unwrap();
    assert_eq!((paid.state(), paid.refunded()), (OrderState::Paid, Amount::from_minor(999)));
    assert_eq!(
        (sandbox.order("T2").unwrap().unwrap().state(), sandbox.orders().unwrap().len()),
        (OrderState::Created, 3)
    );
    let client = client_of(&sandbox).build().unwrap();
    assert_eq!(pay(&client, "T1", 1, NOBODY).await.unwrap_err().outcome(), ottpay::Outcome::DuplicateId);
    let (_, messages) = control(&sandbox, "GET", "/messages?order_id=T1", Value::Null).await;
    assert_eq!(messages.as_array().unwrap().len(), 3, "{messages}");
    drop(sandbox);

    let other = folder.0.join("other.db");
    std::fs::write(&other, "no database, but a text that is longer than a hundred bytes. ".repeat(4)).unwrap();
    let refused = Sandbox::builder().database(&other).start().await.unwrap_err().to_string();
    assert!(refused.contains("other.db") && refused.contains("not a database"), "{refused}");
}

#[tokio::test]
async fn a_database_with_another_key_seals_pending_callbacks_with_that_key() {
    let folder = Folder::new("key");
    let file = folder.0.join("orders.db");
    let start = async |key: &str| {
        let builder = Sandbox::builder().database(&file).sign_key(SignKey::new(key).unwrap());
        builder.callback_attempts(50, Duration::from_millis(50)).start().await.unwrap()
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let sandbox = start("one").await;
    let client = client_of(&sandbox).build().unwrap();
    pay(&client, "T1", 100, &format!("http://{address}/")).await.unwrap();
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Failed { .. }));
    drop((sandbox, client));
    tokio::task::yield_now().await;
    let sandbox = start("two").await;
    let client = client_of(&sandbox).build().unwrap();
    let listener = TcpListener::bind(address).await.unwrap();
    let (told, mut heard) = tokio::sync::mpsc::channel(1);
    let answer = move |body: axum::body::Bytes| async move {
        let _ = told.send(body).await;
        StatusCode::OK
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    sandbox.advance(Duration::from_secs(3600)).unwrap();
    let body = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.unwrap().unwrap();
    assert_eq!(client.callback(&body).unwrap().order_id().as_str(), "T1");
    drop(sandbox);
}

#[tokio::test]
async fn the_file_of_another_program_stays_as_it_was() {
    let folder = Folder::new("foreign #1?%");
    // The head of an SQLite file with its settings, as another program would have it: an id of its own, or none.
    let made = folder.0.join("made.db");
    drop(Sandbox::builder().database(&made).start().await.unwrap());
    let mut head = std::fs::read(&made).unwrap();
    for id in [[0; 4], *b"NOTE"] {
        head[68..72].copy_from_slice(&id);
        for (name, journal) in [("wal.db", 2), ("rollback.db", 1)] {
            (head[18], head[19]) = (journal, journal);
            let file = folder.0.join(name);
            std::fs::write(&file, &head).unwrap();
            let error = Sandbox::builder().database(&file).start().await.unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("another program"), "{error}");
            assert_eq!(std::fs::read(&file).unwrap(), head);
        }
    }
    let names = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("made")).collect();
    names.sort();
    assert_eq!(names, ["rollback.db", "wal.db"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_database_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("owner");
    let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let new = folder.0.join("new.db");
    drop(Sandbox::builder().database(&new).start().await.unwrap());
    assert_eq!(mode(&new), 0o600);
    let empty = folder.0.join("empty.db");
    std::fs::write(&empty, "").unwrap();
    for file in [&new, &empty] {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    drop(Sandbox::builder().database(&empty).start().await.unwrap());
    assert_eq!(mode(&empty), 0o600);
}

/// A path is a path, for the sandbox as for SQLite; the command's tests have relative ones.
#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_can_read_the_file_and_its_logs_under_any_name() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    let Folder(folder) = &Folder::new("names");
    let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    for name in [&b"x.db?mode=memory"[..], b"file:x.db", b":memory:", b" ", b"a%20b#c", b"\xff.db", b"x.db-wal"] {
        let file = folder.join(std::ffi::OsStr::from_bytes(name));
        let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
        assert!(std::fs::read(&file).unwrap().starts_with(b"SQLite format 3"), "{file:?}");
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
        }
        let key = sandbox.made_key().unwrap().to_owned();
        drop(sandbox);
        assert_eq!(Sandbox::builder().database(&file).start().await.unwrap().made_key(), Some(&*key), "{file:?}");
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_logs_of_a_linked_file_are_next_to_the_file_and_only_its_owner_can_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let Folder(folder) = &Folder::new("linked");
    let (file, link) = (folder.join("real/orders.db"), folder.join("link.db"));
    std::fs::create_dir_all(folder.join("real")).unwrap();
    let logs = ["-wal", "-journal", "-shm"].map(|suffix| folder.join(format!("real/orders.db{suffix}")));
    for file in logs.iter().chain([&file]) {
        std::fs::write(file, "").unwrap();
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let sandbox = Sandbox::builder().database(&link).start().await.unwrap();
    let twice = Sandbox::builder().database(&file).start().await.unwrap_err().to_string();
    assert!(twice.contains("another sandbox has it open"), "{twice}");
    let mode = |file: &Path| std::fs::metadata(file).map(|found| found.permissions().mode() & 0o777);
    assert_eq!(mode(&file).unwrap(), 0o600);
    for log in &logs {
        assert!(mode(log).is_ok_and(|mode| mode == 0o600) || !log.exists(), "{log:?}");
    }
    drop(sandbox);
    let beside_the_link = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut beside_the_link: Vec<_> = beside_the_link.collect();
    beside_the_link.sort();
    assert_eq!(beside_the_link, ["link.db", "real"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_not_a_file_is_rejected_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let Folder(folder) = &Folder::new("no-file");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    for path in [folder.clone(), folder.join(""), folder.join("new.db/"), "".into(), ".".into(), "/dev/null".into()] {
        let refused = Sandbox::builder().database(&path).start().await.unwrap_err().to_string();
        assert!(refused.contains("it is not a file"), "{path:?}: {refused}");
    }
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_of_an_earlier_layout_is_upgraded() {
    let folder = Folder::new("first-layout");
    let file = folder.0.join("orders.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    pay(&client, "T1", 1999, NOBODY).await.unwrap();
    pay(&client, "T1", 1999, NOBODY).await.unwrap_err();
    drop(sandbox);
    let connection = rusqlite::Connection::open(&file).unwrap();
    let back = "ALTER TABLE callbacks DROP COLUMN forged; DROP INDEX messages_action; \
                DROP INDEX orders_repeats; ALTER TABLE orders DROP COLUMN repeats; DROP TABLE refused_ids; \
                ALTER TABLE messages DROP COLUMN cause; ALTER TABLE messages DROP COLUMN notes; PRAGMA user_version = 1";
    connection.execute_batch(back).unwrap();
    drop(connection);
    let reusable = ottpay_sandbox::assume::RefundIds::Reusable;
    let sandbox = Sandbox::builder().database(&file).assume(reusable).start().await.unwrap();
    let (_, counted) = control(&sandbox, "GET", "/received?action=active_pay", Value::Null).await;
    assert_eq!(counted, json!({ "received": 2, "accepted": 1, "refused": 1 }));
    let (_, listed) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
    assert_eq!(listed[0]["cause"], "order number duplicated", "{listed}");
    let client = client_of(&sandbox).build().unwrap();
    sandbox.pay("T1").await.unwrap();
    for _ in 0..2 {
        let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(1)).send().await.unwrap();
    }
    assert_eq!(sandbox.order("T1").unwrap().unwrap().refunded(), Amount::from_minor(2));
    drop((sandbox, client));
    // The layout is the same as that of a new file.
    let schema = |file: &Path| {
        let connection = rusqlite::Connection::open(file).unwrap();
        let mut statement = connection.prepare("SELECT name FROM sqlite_schema ORDER BY name").unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        names.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let new = folder.0.join("new.db");
    drop(Sandbox::builder().database(&new).start().await.unwrap());
    assert_eq!(schema(&file), schema(&new));
}
