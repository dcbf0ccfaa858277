//! `ottpay sandbox --scenario`: plays a file of steps.

use std::path::PathBuf;
use std::sync::mpsc::Sender;

use ottpay::GATEWAY;
use ottpay_sandbox::Sandbox;
use ottpay_sandbox::scenario::Scenario;

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(super) struct ScenarioFlags {
    /// Play this scenario file once the sandbox is running, and print each step on standard output; `ottpay spec check
    /// FILE` checks it without playing it
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Exit after the scenario: with code 0 if every step succeeded, else 1. Without this flag the sandbox continues to
    /// run
    #[arg(long, requires = "scenario")]
    exit: bool,
}

/// A scenario to play.
pub(super) struct Playing {
    scenario: Scenario,
    exits: bool,
}

impl ScenarioFlags {
    /// Reads and checks the file, if one is given.
    ///
    /// # Errors
    /// The file has mistakes. The error lists all of them.
    pub(super) fn read(self) -> Result<Option<Playing>, Failure> {
        let Some(file) = self.scenario else { return Ok(None) };
        let scenario = Scenario::from_file(&file).and_then(|scenario| scenario.check(&GATEWAY).map(|()| scenario));
        let scenario = scenario.map_err(|error| Failure::usage(error).help("docs/sandbox.md lists every step"))?;
        Ok(Some(Playing { scenario, exits: self.exit }))
    }
}

impl Playing {
    /// Whether the command ends with the scenario.
    pub(super) fn ends_command(&self) -> bool {
        self.exits
    }

    /// Plays the scenario, and hands its title and a line for each step to the printer. Once it has been polled, orders
    /// count as those of the scenario. Returns whether the command ends.
    ///
    /// # Errors
    /// A step has failed, and the command ends with the scenario.
    pub(super) async fn play(self, sandbox: &Sandbox, printer: Sender<String>) -> Result<bool, Failure> {
        // If standard output is closed, that is reported elsewhere.
        let print = |line: String| drop(printer.send(line));
        print(format!("scenario {}", self.scenario.title().trim_end().escape_debug()));
        match sandbox.play_with(&self.scenario, |step| print(step.to_string())).await {
            Err(error) if self.exits => Err(Failure::refused(format!("the scenario failed: {error}"))),
            Err(error) => {
                print(format!("the scenario failed: {error}; the sandbox continues to run"));
                Ok(false)
            }
            Ok(()) => Ok(self.exits),
        }
    }
}
