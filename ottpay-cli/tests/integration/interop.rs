//! Clients that know nothing of this code, against the command `ottpay sandbox` with a database file.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The sandbox, killed when dropped.
struct Sandbox {
    child: Child,
    url: String,
    merchant_id: String,
    sign_key: String,
}

impl Sandbox {
    fn start(database: &std::path::Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ottpay"));
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--db"]).arg(database);
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

/// Exit code of a client that lacks something on this machine.
const SKIPPED: i32 = 77;

fn client(program: &str, arguments: &[&str]) {
    let database = std::env::temp_dir().join(format!("ottpay-interop-{program}-{}.db", std::process::id()));
    let sandbox = Sandbox::start(&database);
    let script = format!("{}/tests/interop/{}", env!("CARGO_MANIFEST_DIR"), arguments.last().unwrap());
    let mut command = Command::new(program);
    command.args(arguments.split_last().unwrap().1).arg(script);
    command.env("OTTPAY_ENDPOINT", &sandbox.url).env("OTTPAY_MERCHANT_ID", &sandbox.merchant_id);
    let Ok(output) = command.env("OTTPAY_SIGN_KEY", &sandbox.sign_key).output() else {
        println!("skipped: {program} is not there");
        return;
    };
    println!("{}", String::from_utf8_lossy(&output.stdout));
    if output.status.code() != Some(SKIPPED) {
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
    drop(sandbox);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", database.display()));
    }
}

#[test]
fn a_client_in_javascript_pays_is_called_back_queries_and_refunds() {
    client("node", &["client.mjs"]);
}

#[test]
fn a_client_in_python_pays_is_called_back_queries_and_refunds() {
    client("python3", &["-B", "client.py"]);
}
