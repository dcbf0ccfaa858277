//! What several tests share: the command in a folder of its own, without the machine's settings, and with a time limit.

use std::io::{BufRead, BufReader, Read, Write};
#[cfg(unix)]
use std::os::{fd::OwnedFd, unix::net::UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The sign key of the sample merchant.
pub(crate) const KEY: &str = "A8B5FE540E38A5A9";
pub(crate) const MERCHANT: &str = "ON00004652";

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// An empty folder.
pub(crate) fn folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The command, without the machine's settings.
pub(crate) fn ottpay(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ottpay"));
    let empty = folder();
    command.args(arguments).current_dir(&empty).env("HOME", &empty);
    for name in
        ["ENDPOINT", "MERCHANT_ID", "SIGN_KEY", "OPERATOR_ID", "CURRENCY", "LEDGER", "WEBHOOK_SECRET", "CA_FILE"]
    {
        command.env_remove(format!("OTTPAY_{name}"));
    }
    for name in ["ACKNOWLEDGEMENT", "ACKNOWLEDGEMENT_TYPE", "CONTROL_TOKEN"] {
        command.env_remove(format!("OTTPAY_{name}"));
    }
    for name in ["XDG_CONFIG_HOME", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}

/// The command of the sample merchant.
pub(crate) fn sample(arguments: &[&str]) -> Command {
    let mut command = ottpay(arguments);
    command.env("OTTPAY_SIGN_KEY", KEY).env("OTTPAY_MERCHANT_ID", MERCHANT);
    command
}

/// A full pipe as standard output, and its reader, which does not read.
#[cfg(unix)]
pub(crate) fn stalled() -> (Stdio, UnixStream) {
    let (mut full, reader) = UnixStream::pair().unwrap();
    full.set_nonblocking(true).unwrap();
    while full.write(&[b' '; 4096]).is_ok() {}
    full.set_nonblocking(false).unwrap();
    (OwnedFd::from(full).into(), reader)
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Nothing on standard output, this code, and all of these on standard error.
    pub(crate) fn fails(&self, code: i32, says: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
        for text in says {
            assert!(self.err.contains(text), "no `{text}` in {self:?}");
        }
        assert!(!self.err.contains(KEY), "the key is shown: {self:?}");
    }
}

/// Runs to the end, which has to be reached in time.
pub(crate) fn run(mut command: Command, input: impl Into<Vec<u8>>) -> Done {
    let input = input.into();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing closes the pipe, so errors are ignored.
    thread::spawn(move || drop(stdin.write_all(&input)));
    let (out, err) = (read_all(child.stdout.take().unwrap()), read_all(child.stderr.take().unwrap()));
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > PATIENCE => {
                let _ = child.kill();
                panic!("the command does not end: {command:?}");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    Done { code: status.code().unwrap(), out: out.join().unwrap(), err: err.join().unwrap() }
}

fn read_all(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        text
    })
}

/// A command that runs until it is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) out: mpsc::Receiver<String>,
    pub(crate) err: mpsc::Receiver<String>,
}

impl Running {
    pub(crate) fn start(command: Command) -> Self {
        Self::start_into(command, Stdio::piped())
    }

    /// With this standard output; if it is one of our pipes, `out` receives it.
    pub(crate) fn start_into(mut command: Command, stdout: impl Into<Stdio>) -> Self {
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().map_or_else(|| mpsc::channel().1, lines);
        let err = lines(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    pub(crate) fn out(&self) -> String {
        self.out.recv_timeout(PATIENCE).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        self.err.recv_timeout(PATIENCE).unwrap()
    }

    /// Requests its end, and waits for it.
    pub(crate) fn terminate(self) -> Option<i32> {
        assert!(Command::new("kill").args(["-TERM", &self.id()]).status().unwrap().success());
        self.end()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status.code(),
                None => assert!(start.elapsed() < PATIENCE, "it does not end"),
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
