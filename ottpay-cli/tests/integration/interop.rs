//! Clients that know nothing of this code, against the command `ottpay sandbox` with a database file.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use crate::common;

/// The sandbox, killed when dropped.
struct Sandbox {
    child: Child,
    url: String,
    merchant_id: String,
    sign_key: String,
}

impl Sandbox {
    fn start(database: &std::path::Path, flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ottpay"));
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--db"]).arg(database).args(flags);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut value = |name: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(name).unwrap_or_else(|| panic!("expected {name}, got {line}")).to_owned()
        };
        let (url, merchant_id, sign_key) = (value("listening on "), value("merchant_id "), value("sign_key "));
        Self { child, url, merchant_id, sign_key }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Exit code of a client that misses a tool on this machine.
const SKIPPED: i32 = 77;

/// What a client printed and how it ended; `None` if it cannot run here.
fn run_client(program: &str, arguments: &[&str], flags: &[&str], forgets_to_sort: bool) -> Option<Output> {
    let database = common::folder().join("orders.db");
    let sandbox = Sandbox::start(&database, flags);
    let script = format!("{}/tests/interop/{}", env!("CARGO_MANIFEST_DIR"), arguments.last().unwrap());
    let mut command = Command::new(program);
    command.args(arguments.split_last().unwrap().1).arg(script);
    command.env("OTTPAY_ENDPOINT", &sandbox.url).env("OTTPAY_MERCHANT_ID", &sandbox.merchant_id);
    if forgets_to_sort {
        command.env("OTTPAY_FORGET_TO_SORT", "1");
    }
    let output = command.env("OTTPAY_SIGN_KEY", &sandbox.sign_key).output().ok();
    let output = output.filter(|output| output.status.code() != Some(SKIPPED));
    match &output {
        Some(output) => println!("{}", String::from_utf8_lossy(&output.stdout)),
        None => println!("skipped: {program} or what it needs is not there"),
    }
    output
}

/// A client that sorts passes, and one that forgets to sort fails at the first reply with two members, unless replies are
/// tame.
fn test_client(program: &str, arguments: &[&str]) {
    for flags in [&[][..], &["--tame"]] {
        let Some(output) = run_client(program, arguments, flags, false) else { return };
        assert!(output.status.success(), "{program} {flags:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for (flags, reads_reply) in [(&[][..], false), (&["--tame"], true)] {
        let output = run_client(program, arguments, flags, true).unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success(), "{program} {flags:?}: {out}");
        assert_eq!(out.contains("exchange rate: "), reads_reply, "{program} {flags:?}: {out} {err}");
        assert_eq!(err.starts_with("differs: digest: "), !reads_reply, "{program} {flags:?}: {err}");
    }
}

#[test]
fn a_client_in_javascript_passes_if_it_sorts_and_fails_if_it_forgets_to() {
    test_client("node", &["client.mjs"]);
}

#[test]
fn a_client_in_python_passes_if_it_sorts_and_fails_if_it_forgets_to() {
    test_client("python3", &["-B", "client.py"]);
}
