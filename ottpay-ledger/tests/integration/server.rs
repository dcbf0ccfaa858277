//! The tests' own server: it is available to each of them, and removed after them.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::postgres_server::{Server, shared};

#[test]
fn each_test_has_a_database_of_its_own() {
    let Some(server) = shared() else { return };
    let (first, second) = (server.fresh_database(), server.fresh_database());
    server.psql(&first, "CREATE TABLE tea (price BIGINT)");
    server.psql(&second, "CREATE TABLE tea (price BIGINT)");
    server.psql(&first, "INSERT INTO tea VALUES (1999)");
    assert_eq!(server.psql(&second, "SELECT count(*) FROM tea"), "0");
}

#[test]
fn pgbouncer_is_before_the_same_database() {
    let Some(server) = shared() else { return };
    let url = server.fresh_database();
    server.psql(&url, "CREATE TABLE tea (price BIGINT)");
    let Some(pooled) = server.through_pgbouncer(&url) else { return };
    assert_ne!(pooled, url);
    server.psql(&pooled, "INSERT INTO tea VALUES (1999)");
    assert_eq!(server.psql(&url, "SELECT price FROM tea"), "1999");
}

#[test]
fn committed_changes_survive_a_power_cut() {
    let Some(server) = Server::start_durable() else { return };
    assert_eq!(server.administer("SHOW fsync"), "on");
    let url = server.fresh_database();
    server.psql(&url, "CREATE TABLE tea (price BIGINT); INSERT INTO tea VALUES (1999)");
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
    server.restart();
    assert_eq!(server.psql(&url, "SELECT price FROM tea"), "1999");
}

/// Names the process that the test below kills.
const CHILD: &str = "OTTPAY_TEST_POSTGRES_CHILD";

#[test]
fn a_server_ends_with_the_process_that_started_it() {
    if std::env::var_os(CHILD).is_some() {
        let server = Server::start().unwrap();
        println!("{} {}", server.port(), server.folder().display());
        std::thread::sleep(Duration::from_secs(60));
        unreachable!("the parent kills this process");
    }
    if shared().is_none() {
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = "server::a_server_ends_with_the_process_that_started_it";
    command.args(["--exact", name, "--nocapture"]).env(CHILD, "1").stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).take(20);
    let (port, folder) = lines
        .filter_map(|line| {
            let (port, folder) =
                line.rsplit_once(" /").map(|(port, folder)| (port.to_owned(), format!("/{folder}")))?;
            Some((port.rsplit(' ').next()?.parse::<u16>().ok()?, folder))
        })
        .next()
        .unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    child.kill().unwrap();
    child.wait().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while Path::new(&folder).exists() {
        assert!(Instant::now() < until, "{folder} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
