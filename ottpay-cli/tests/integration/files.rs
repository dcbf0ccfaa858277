//! Files that the command writes and reads: which one a path means, and who may read it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::common::{Running, folder, ottpay, run};

/// Starts a sandbox, which prints the key that is in its file; returns the key and the files that exist meanwhile.
fn start(inside: &Path, db: &str) -> (String, Vec<(String, u32)>) {
    let mut command = ottpay(&["sandbox", "--listen", "127.0.0.1:0", &format!("--db={db}")]);
    command.current_dir(inside);
    let sandbox = Running::start(command);
    let key = [sandbox.out(), sandbox.out(), sandbox.out()].into_iter().next_back().unwrap();
    let key = key.strip_prefix("sign_key ").unwrap().to_owned();
    (key, list(inside))
}

/// The names and modes of the files in a folder.
fn list(folder: &Path) -> Vec<(String, u32)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode() & 0o777)
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

#[test]
fn a_path_of_a_database_is_a_path_for_sqlite_too() {
    for db in [
        "x.db",
        "./x.db",
        "file:x.db",
        "file:x.db?mode=memory",
        "file::memory:?cache=shared",
        "FILE:x.db",
        ":memory:",
        "x.db?mode=ro",
        "x.db?immutable=1#a",
        "-x.db",
        "%78.db",
    ] {
        let folder = folder();
        let (key, files) = start(&folder, db);
        let name = db.trim_start_matches("./");
        assert!(files.iter().any(|(file, _)| file == name), "{db}: {files:?}");
        for (file, mode) in &files {
            assert!(file.starts_with(name), "{db}: {files:?}");
            assert_eq!(*mode, 0o600, "{db}: {files:?}");
        }
        let content = fs::read(folder.join(name)).unwrap();
        assert!(content.starts_with(b"SQLite format 3"), "{db}");
        assert_eq!(start(&folder, db).0, key, "{db}");
    }
}

#[test]
fn a_file_in_a_folder_of_the_name_file_is_found() {
    let folder = folder();
    fs::create_dir(folder.join("file:")).unwrap();
    let (key, _) = start(&folder, "file:/x.db");
    assert_eq!(list(&folder.join("file:"))[0], ("x.db".to_owned(), 0o600));
    assert_eq!(start(&folder, "./file:/x.db").0, key);
}

#[test]
fn an_impossible_file_is_refused_and_not_created() {
    let folder = folder();
    fs::create_dir(folder.join("sub")).unwrap();
    for (db, help) in [
        ("sub", "use a file in this folder"),
        ("sub/", "use a file in this folder"),
        (".", "use a file in this folder"),
        ("x.db/", "remove the separator at the end"),
        ("none/x.db", "create the folder none first"),
    ] {
        let mut command = ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--db", db]);
        command.current_dir(&folder);
        run(command, "").fails(1, &[db, help]);
    }
    run(ottpay(&["sandbox", "--db", ""]), "").fails(2, &["--db"]);
    run(ottpay(&["sandbox", "--synchronous", "full"]), "").fails(2, &["--db"]);
    run(ottpay(&["sandbox", "--db", "x.db", "--synchronous", "off"]), "").fails(2, &["normal", "full"]);
    assert_eq!(list(&folder).len(), 1);
    assert!(list(&folder.join("sub")).is_empty());
}
