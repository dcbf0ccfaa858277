//! Peers that exhaust the resources of a command (connections, heads of requests, file descriptors), and signals that
//! arrive early.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{self, KEY, MERCHANT, Running, run, sample};

/// How many files the command may have open.
const FILES: usize = 64;

/// Both commands that accept connections; here they send nothing on their own.
const COMMANDS: [&str; 2] = ["sandbox", "listen"];

/// A command with these arguments.
fn command(name: &str, address: &str) -> Command {
    match name {
        "sandbox" => common::ottpay(&[name, "--listen", address, "--merchant", MERCHANT, "--sign-key", KEY]),
        _ => sample(&[name, "--listen", address]),
    }
}

/// A command that may have few files open, and where it listens.
fn start_with_few_files(name: &str) -> (Running, String) {
    let whole = command(name, "127.0.0.1:0");
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -n {FILES}; exec \"$0\" \"$@\"")]);
    limited.arg(whole.get_program()).args(whole.get_args()).current_dir(whole.get_current_dir().unwrap());
    for (name, value) in whole.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let running = Running::start(limited);
    let line = if name == "sandbox" { running.out() } else { running.err() };
    let url = line.strip_prefix("listening on http://").unwrap().to_owned();
    (running, url)
}

fn send(address: &str, request: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A peer that is rejected early closes the connection.
    let _ = stream.write_all(request);
    stream
}

/// The first line of the answer to a message, genuine or not.
fn post(address: &str, body: &str) -> String {
    let head = format!("POST /processV2 HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut stream = send(address, &[head.as_bytes(), body.as_bytes()].concat());
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8(answer.to_vec()).unwrap()
}

/// A message that `listen` prints and acknowledges, and a sandbox answers as well.
fn sealed() -> String {
    run(sample(&["seal", "ACTIVEPAY", "--unchecked"]), r#"{"order_id":"T1"}"#).out
}

#[test]
fn idle_connections_do_not_block_new_ones_and_a_flood_is_one_line_a_second() {
    for name in COMMANDS {
        let (running, address) = start_with_few_files(name);
        let start = Instant::now();
        let head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n";
        let idle: Vec<_> =
            (0..300).map(|number| send(&address, if number % 2 == 0 { b"" } else { head.as_bytes() })).collect();
        assert_eq!(post(&address, &sealed()), "HTTP/1.1 200", "{name}");
        // The next report may wait for the second to be over.
        thread::sleep(Duration::from_millis(1500));
        let lines: Vec<_> = running.err.try_iter().filter(|line| line.contains("could not be accepted")).collect();
        let most = usize::try_from(start.elapsed().as_secs()).unwrap() + 2;
        assert!((2..=most).contains(&lines.len()), "{name}: {} lines, not up to {most}: {lines:?}", lines.len());
        drop(idle);
        assert_eq!(running.terminate(), Some(0), "{name}");
    }
}

#[test]
fn a_head_that_goes_on_and_on_is_refused() {
    for name in COMMANDS {
        let (running, address) = start_with_few_files(name);
        let head = format!("POST / HTTP/1.1\r\nhost: localhost\r\nx: {}", "x".repeat(100_000));
        let mut answer = Vec::new();
        let _ = send(&address, head.as_bytes()).read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{name}: {answer}");
        assert_eq!(post(&address, &sealed()), "HTTP/1.1 200", "{name}");
        drop(running);
    }
}

/// A command to which others can connect ends cleanly, although it cannot even print its address.
#[test]
fn a_signal_before_the_first_line_ends_the_command_cleanly() {
    for name in COMMANDS {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let (stdout, _reader) = common::stalled();
        let running = Running::start_into(command(name, &free), stdout);
        let start = Instant::now();
        while TcpStream::connect(&free).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "{name} does not listen");
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(running.terminate(), Some(0), "{name}");
    }
}
