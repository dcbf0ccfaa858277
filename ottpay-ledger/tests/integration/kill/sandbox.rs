//! The gateway as a process of its own, with the buyers, so that it can be killed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ottpay::SignKey;
use ottpay_sandbox::{Fault, PlannedFault, Sandbox, SandboxBuilder};
use serde::{Deserialize, Serialize};

use super::cart::unconfirmed_codes;
use super::said::say;
use super::shop::commands;

/// The variable with the settings, which also marks the process as a gateway.
const VARIABLE: &str = "OTTPAY_TEST_GATEWAY";

pub(crate) const MERCHANT: &str = "SB00000001";
pub(crate) const KEY: &str = "A8B5FE540E38A5A9";

/// The parameters with which a gateway is started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) port: u16,
    pub(crate) file: PathBuf,
}

impl Settings {
    /// The command that runs it: this program, with the test that calls [`run`].
    pub(crate) fn command(&self, test: &str) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]).env(VARIABLE, serde_json::to_string(self).unwrap());
        command
    }

    pub(crate) fn builder(&self) -> SandboxBuilder {
        let builder = Sandbox::builder().merchant_id(MERCHANT).sign_key(SignKey::new(KEY).unwrap());
        builder.database(&self.file).callback_attempts(8, Duration::from_secs(1))
    }
}

pub(crate) fn is_child() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// Runs the gateway that the variable describes, until its input ends.
pub(crate) async fn run() {
    let settings: Settings = serde_json::from_str(&std::env::var(VARIABLE).unwrap()).unwrap();
    let sandbox = Arc::new(start(&settings).await);
    confirm_codes(&sandbox);
    say("ready");
    let mut commands = commands();
    let mut planned = 0;
    while let Some(command) = commands.recv().await {
        match command.split(' ').collect::<Vec<_>>()[..] {
            ["pay", id] => pay(&sandbox, id.to_owned()),
            ["fault", name] => {
                let fault = Fault::from_name(name).unwrap();
                report_faults(&sandbox, &mut planned);
                sandbox.add_fault(PlannedFault::new(fault).delay(Duration::from_millis(300))).unwrap();
                planned += 1;
            }
            ["calm"] => {
                report_faults(&sandbox, &mut planned);
                sandbox.clear_faults();
            }
            ["advance", millis] => {
                sandbox.advance(Duration::from_millis(millis.parse().unwrap())).unwrap();
                confirm_codes(&sandbox);
                say("advanced");
            }
            _ => panic!("{command}"),
        }
    }
}

/// Returns how many planned faults have happened since the last call.
fn report_faults(sandbox: &Sandbox, planned: &mut usize) {
    let waiting = sandbox.waiting_faults().len();
    say(&format!("happened {}", *planned - waiting));
    *planned = waiting;
}

/// A process that was killed may still hold the port.
async fn start(settings: &Settings) -> Sandbox {
    for _ in 0..100 {
        if let Ok(sandbox) = settings.builder().port(settings.port).start().await {
            return sandbox;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    settings.builder().port(settings.port).start().await.unwrap()
}

/// A buyer pays. Their order may be paid already, or closed.
fn pay(sandbox: &Arc<Sandbox>, id: String) {
    let sandbox = Arc::clone(sandbox);
    tokio::spawn(async move {
        let _ = sandbox.pay(&id).await;
        say(&format!("paid {id}"));
    });
}

fn confirm_codes(sandbox: &Arc<Sandbox>) {
    for id in unconfirmed_codes(sandbox) {
        pay(sandbox, id);
    }
}
