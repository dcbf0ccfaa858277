//! The main example as a program: its output, with its own gateway and with another one.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::common::cargo;
use ottpay::SignKey;
use ottpay_sandbox::{OrderKind, Sandbox};

const SETTINGS: [&str; 4] = ["OTTPAY_ENDPOINT", "OTTPAY_MERCHANT_ID", "OTTPAY_OPERATOR_ID", "OTTPAY_SIGN_KEY"];

/// Builds the example, once, and returns where it is.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| cargo::example("checkout"))
}

/// The running example; ended at the latest when the test is.
struct Running(Child);

impl Running {
    fn start(settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(built());
        for name in SETTINGS {
            command.env_remove(name);
        }
        command.envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// Waits for its end, for at most a minute, and returns what it printed to both outputs.
    async fn end(&mut self) -> (ExitStatus, String, String) {
        for _ in 0..600 {
            if let Some(status) = self.0.try_wait().unwrap() {
                let (mut out, mut err) = (String::new(), String::new());
                self.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
                self.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                return (status, out, err);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the example did not end within a minute");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first word of each line that begins with one of the steps.
fn steps(out: &str) -> Vec<&str> {
    const STEPS: [&str; 5] = ["created", "paid", "callback", "confirmed", "refunded"];
    out.lines().filter_map(|line| line.split(' ').next()).filter(|word| STEPS.contains(word)).collect()
}

#[tokio::test]
async fn by_itself_it_goes_from_the_qr_code_to_the_refund() {
    let (status, out, err) = Running::start(&[]).end().await;
    assert!(status.success(), "{err}");
    assert_eq!(steps(&out), ["created", "paid", "callback", "confirmed", "refunded"]);
    assert!(out.contains("█▀"), "a QR code is drawn");
}

#[tokio::test]
async fn half_of_the_settings_is_an_error_that_names_the_others() {
    let (status, _, err) = Running::start(&[(SETTINGS[0], "http://127.0.0.1:9")]).end().await;
    assert!(!status.success());
    assert_eq!(
        err,
        "failed     to use another gateway, also set OTTPAY_MERCHANT_ID, OTTPAY_OPERATOR_ID, OTTPAY_SIGN_KEY\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_gateway_elsewhere_it_waits_for_the_buyer_and_never_refunds() {
    const KEY: &str = "0123456789ABCDEF";
    let sandbox = Sandbox::builder().sign_key(SignKey::new(KEY).unwrap()).start().await.unwrap();
    let values = [sandbox.url(), sandbox.merchant_id(), "0000020156", KEY];
    let settings: Vec<_> = SETTINGS.into_iter().zip(values).collect();
    let mut program = Running::start(&settings);
    let mut attempts = 0;
    while sandbox.orders().unwrap().is_empty() {
        attempts += 1;
        assert!(attempts < 600, "the example created no order within a minute");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sandbox.pay(sandbox.orders().unwrap()[0].id()).await.unwrap();
    let (status, out, err) = program.end().await;
    assert!(status.success(), "{err}");
    assert_eq!(steps(&out), ["created", "confirmed"]);
    assert!(sandbox.orders().unwrap().iter().all(|order| order.kind() == OrderKind::Payment));
    assert!(!out.contains(KEY) && !err.contains(KEY));
}
