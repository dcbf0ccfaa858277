//! The sandbox for containers and build servers: the file that reports that it is ready, and the control token.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::common::{Running, folder, ottpay, root, run};

/// The status of a request with these headers.
fn status(url: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: sandbox.test\r\n{headers}connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply[9..12].to_owned()
}

#[test]
fn a_file_contains_the_address_while_the_sandbox_listens() {
    let file = folder().join("ready.json");
    let start = || {
        let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--ready-file", file.to_str().unwrap()];
        Running::start(ottpay(&arguments))
    };
    let sandbox = start();
    let url = sandbox.out().strip_prefix("listening on ").unwrap().to_owned();
    let text = std::fs::read_to_string(&file).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(ready, serde_json::json!({ "url": url, "merchant_id": "SB00000001" }));
    assert_eq!(status(&url, "/sandbox/ready", ""), "200");
    assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    // A second one leaves the file of the first, which is running.
    let second = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--ready-file", file.to_str().unwrap()]), "");
    second.fails(1, &[&format!("the running sandbox at {url}")]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(sandbox.terminate(), Some(0));
    assert!(!file.exists());
    // The file that a killed sandbox left behind is replaced.
    std::fs::write(&file, text).unwrap();
    let sandbox = start();
    let url = sandbox.out().strip_prefix("listening on ").unwrap().to_owned();
    assert!(std::fs::read_to_string(&file).unwrap().contains(&url));
}

#[test]
fn another_file_is_not_replaced() {
    let folder = folder();
    let file = folder.join("orders.json");
    std::fs::write(&file, "{\"orders\":1}").unwrap();
    for path in [&file, &folder, &folder.join("missing").join("ready.json")] {
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--ready-file", path.to_str().unwrap()]), "");
        done.fails(1, &["--ready-file cannot be written"]);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"orders\":1}");
}

#[test]
fn a_control_token_comes_from_a_flag_or_a_variable_and_is_not_shown() {
    let token = "a-token-of-the-tests";
    let arguments = ["sandbox", "--listen", "127.0.0.1:0"];
    let mut by_variable = ottpay(&arguments);
    by_variable.env("OTTPAY_CONTROL_TOKEN", token);
    let by_flag = ottpay(&[&arguments[..], &["--control-token", token]].concat());
    for command in [by_variable, by_flag] {
        let sandbox = Running::start(command);
        let url = sandbox.out().strip_prefix("listening on ").unwrap().to_owned();
        assert_eq!(status(&url, "/sandbox/status", ""), "401");
        assert_eq!(status(&url, "/sandbox/status", &format!("authorization: Bearer {token}\r\n")), "200");
    }
    let done = run(ottpay(&[&arguments[..], &["--control-token", "too-short"]].concat()), "");
    done.fails(1, &["the control token has 9 characters", "OTTPAY_CONTROL_TOKEN"]);
    assert!(!done.err.contains("too-short"), "{done:?}");
}

/// The commands of the guide, in JSON, of the image and of the service.
fn commands_of_the_guide() -> Vec<Vec<String>> {
    let guide = std::fs::read_to_string(root().join("docs/containers.md")).unwrap();
    let lines = guide.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix("CMD ").or_else(|| line.strip_prefix("command: "))
    });
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_commands_of_the_guide_for_containers_start_a_sandbox_that_accepts_the_token() {
    let commands = commands_of_the_guide();
    assert_eq!(commands.len(), 2);
    for mut arguments in commands {
        let address = arguments.iter_mut().find(|argument| *argument == "0.0.0.0:8081").unwrap();
        "0.0.0.0:0".clone_into(address);
        let mut command = ottpay(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        command.env("OTTPAY_CONTROL_TOKEN", "a-token-for-tests-only");
        let sandbox = Running::start(command);
        let url = sandbox.out().strip_prefix("listening on ").unwrap().to_owned();
        assert_eq!(sandbox.out(), "merchant_id SB00000001");
        assert_eq!(status(&url, "/sandbox/ready", ""), "200");
        assert_eq!(status(&url, "/sandbox/status", ""), "401");
        let token = "authorization: Bearer a-token-for-tests-only\r\n";
        assert_eq!(status(&url, "/sandbox/status", token), "200");
        assert_eq!(sandbox.terminate(), Some(0));
    }
}
