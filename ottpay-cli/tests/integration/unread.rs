//! A sandbox whose log is not read, as when a program starts it with a pipe and never reads the pipe.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::common::{KEY, MERCHANT, ottpay};
use ottpay::{Client, SignKey};

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_log_that_is_not_read_does_not_block_the_sandbox() {
    let mut command = ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut sandbox = Running(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(sandbox.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    let client = |key: &str| {
        let builder = Client::builder().endpoint(&url).merchant_id(MERCHANT).sign_key(SignKey::new(key).unwrap());
        builder.timeout(Duration::from_secs(10)).build().unwrap()
    };
    let stranger = client("another key");
    // Each refusal takes several lines of the log; a pipe holds 64 KiB.
    for _ in 0..500 {
        let refused = stranger.ex_rate_query().fee_type(ottpay::Currency::CAD).send().await.unwrap_err();
        assert_eq!(refused.refusal().map(|refusal| refusal.code()), Some("PARAM_ERROR"), "{refused}");
    }
    assert!(client(KEY).ex_rate_query().fee_type(ottpay::Currency::CAD).send().await.is_ok());
}
