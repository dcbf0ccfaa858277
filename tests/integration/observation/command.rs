//! The command as a shop in another language runs it: its secrets are in a settings file, and not in anything that it
//! prints, stores or posts, nor in its arguments and variables.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use ottpay::{Amount, BizType};
use ottpay_sandbox::Sandbox;

use super::ledger::CANARY;
use super::values::{SIGN_KEY, Scope, Values};
use crate::common::{Folder, OPERATOR, client_of, key, order, shop};

/// The command, which is built with the rest of the workspace.
fn find_program() -> Option<PathBuf> {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("ottpay").with_extension(std::env::consts::EXE_EXTENSION);
    program.is_file().then_some(program)
}

struct Shop {
    program: PathBuf,
    settings: PathBuf,
    folder: Folder,
    /// The output, and the data of the processes that other users of the machine can see.
    seen: Vec<u8>,
}

impl Shop {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--config").arg(&self.settings);
        // Without the tests' own environment.
        command.env_clear().current_dir(&self.folder.0).stdin(Stdio::null());
        command
    }

    fn note_process(&mut self, command: &Command) {
        self.seen.extend_from_slice(format!("{command:?}\n").as_bytes());
    }

    fn run(&mut self, arguments: &[&str]) {
        let mut command = self.command(arguments);
        self.note_process(&command);
        let output = command.output().unwrap();
        self.seen.extend([output.stdout, output.stderr].concat());
    }

    /// What the system reveals about a running process.
    fn look_at(&mut self, child: &Child) {
        for what in ["cmdline", "environ"] {
            self.seen.extend(std::fs::read(format!("/proc/{}/{what}", child.id())).unwrap_or_default());
        }
    }
}

/// Runs the command against a sandbox, and writes what was observed into files of this folder.
pub(super) async fn run(folder: &Path, values: &Values) {
    let Some(program) = find_program() else {
        assert!(std::env::var_os("CI_POSTGRES").is_none(), "the command is not built");
        return println!("skipped: the command is not built, which `--workspace` does");
    };
    let sandbox = Sandbox::builder().sign_key(key(SIGN_KEY)).start().await.unwrap();
    let bytes = b"Zq7 a secret of webhooks, long as it has to be";
    let secret = format!("whsec_{}", base64::prelude::BASE64_STANDARD.encode(bytes));
    values.add(Scope::Everywhere, "the secret of webhooks", &secret);
    values.add(Scope::Everywhere, "the bytes of the secret of webhooks", &String::from_utf8_lossy(bytes));
    let own = Folder::new("command");
    let settings = own.0.join("settings.toml");
    let lines = [
        ("merchant_id", sandbox.merchant_id()),
        ("sign_key", SIGN_KEY),
        ("endpoint", sandbox.url()),
        ("currency", "CAD"),
        ("ledger", folder.join("command.db").to_str().unwrap()),
        ("webhook_secret", &secret),
    ]
    .map(|(name, value)| format!("{name} = {value:?}\n"));
    std::fs::File::create(&settings).unwrap().write_all(lines.concat().as_bytes()).unwrap();
    let mut shop_of_command = Shop { program, settings, folder: own, seen: Vec::new() };

    let (hook, bodies) = shop().await;
    let mut listen = shop_of_command.command(&["listen", "--listen", "127.0.0.1:0", "--forward-to", &hook]);
    shop_of_command.note_process(&listen);
    let mut listen = listen.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(listen.stderr.take().unwrap()).lines().map(Result::unwrap);
    let listening = lines.find(|line| line.starts_with("listening on ")).expect("it listens");
    let callback = listening.trim_start_matches("listening on ").to_owned();
    shop_of_command.look_at(&listen);
    let errors = std::thread::spawn(move || lines.collect::<Vec<_>>().join("\n"));

    let reference = format!("{CANARY} of the command");
    let address = format!("call_back_url={callback}");
    let note =
        ["ledger", "note", "active_pay", "--reference", &reference, "--set", "order_id=C1", "--set", "amount=1999"];
    let more = ["--set", "biz_type=ALIPAY", "--set", "operator_id=0000020156", "--set", &address];
    shop_of_command.run(&[&note[..], &more].concat());
    let client = client_of(&sandbox).build().unwrap();
    let payment = client.active_pay().order_id(order("C1")).amount(Amount::from_minor(1999)).operator_id(OPERATOR);
    payment.biz_type(BizType::Alipay).call_back_url(&*callback).send().await.unwrap();
    sandbox.pay("C1").await.unwrap();
    let start = Instant::now();
    while bodies.lock().unwrap().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(30), "no webhook has come");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for arguments in [
        &["ledger", "list"][..],
        &["ledger", "list", "--json"],
        &["ledger", "show", "C1"],
        &["ledger", "health", "--json"],
        &["ledger", "strays"],
        &["ledger", "parked"],
        &["call", "status_query", "--set", "order_id=C1"],
        &["call", "status_query", "--set", "order_id=C9"],
        &["call", "status_query", "--set", "no_such_field=1"],
        &["seal", "STATUS_QUERY", "--unchecked"],
        &["no-such-command"],
    ] {
        shop_of_command.run(arguments);
    }
    let id = listen.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let mut printed = String::new();
    listen.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    listen.wait().unwrap();
    let mut seen = shop_of_command.seen;
    seen.extend_from_slice(printed.as_bytes());
    seen.extend_from_slice(errors.join().unwrap().as_bytes());
    std::fs::write(folder.join("command"), seen).unwrap();
    std::fs::write(folder.join("webhooks"), bodies.lock().unwrap().concat()).unwrap();
}
