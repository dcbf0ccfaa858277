//! The command `ottpay`: a local gateway, calls, envelopes, callbacks and the specification, for the command line.
//!
//! Standard output is data only; everything else goes to standard error. Exit codes are in [`failure`].

mod action;
mod address;
mod arguments;
mod aside;
mod command;
mod failure;
mod input;
mod json;
mod output;
mod settings;
mod signal;
mod suggestion;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(Arguments { command }: Arguments) -> Result<(), Failure> {
    match command {
        Command::Sandbox(options) => runtime()?.block_on(command::sandbox::run(options)),
        Command::Call(options) => runtime()?.block_on(command::call::run(options)),
        Command::Seal(options) => command::seal::run(options),
        Command::Open(options) => command::open::run(options),
        Command::Explain(options) => command::explain::run(options),
        Command::Listen(options) => runtime()?.block_on(command::listen::run(options)),
        Command::Actions(options) => command::actions::run(&options),
        Command::Spec(options) => command::spec::run(options),
        Command::Completions(options) => command::shell::completions(&options),
        Command::Man(options) => command::shell::man(&options),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::refused(format!("the system gives no event loop: {error}")))
}
