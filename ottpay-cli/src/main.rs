//! The command `ottpay`: a local gateway, requests, envelopes, callbacks and the specification on the command line.
//!
//! Standard output is for data only; everything else goes to standard error. [`failure`] has the exit codes.

mod action;
mod address;
mod alteration;
mod arguments;
mod columns;
mod command;
mod event_loop;
mod failure;
mod fields;
mod input;
mod json;
mod own_thread;
mod ready_file;
mod settings;
mod signal;
mod stderr;
mod stdout;
mod store;
mod suggestion;
mod terminal;
mod webhook;
mod wording;

use std::process::ExitCode;

use arguments::{Arguments, Command, build_command};
use event_loop::build_event_loop;
use failure::Failure;

fn main() -> ExitCode {
    match run(Arguments::parse_command_line()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(Arguments { command }: Arguments) -> Result<(), Failure> {
    match command {
        Command::Sandbox(options) => build_event_loop()?.block_on(command::sandbox::run(options)),
        Command::Call(options) => build_event_loop()?.block_on(command::call::run(options)),
        Command::Seal(options) => command::seal::run(options),
        Command::Open(options) => command::open::run(options),
        Command::Explain(options) => command::explain::run(options),
        Command::Trigger(options) => build_event_loop()?.block_on(command::trigger::run(options)),
        Command::Listen(options) => build_event_loop()?.block_on(command::listen::run(options)),
        Command::Ledger(options) => build_event_loop()?.block_on(command::ledger::run(options)),
        Command::Actions(options) => command::actions::run(&options),
        Command::Spec(options) => command::spec::run(options),
        Command::Completions(options) => command::completions::run(&options, build_command()),
        Command::Man(options) => command::man::run(&options, build_command()),
    }
}
