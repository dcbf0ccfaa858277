//! Why a command failed, and its exit code.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::terminal;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: u8,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// Refused, unverifiable, or not sent: exit code 1.
    pub(crate) fn refused(message: impl Display) -> Self {
        Self { exit: 1, message: message.to_string(), help: None }
    }

    /// A mistake on the command line, in a setting or in the input: exit code 2.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { exit: 2, message: message.to_string(), help: None }
    }

    /// Money may have moved: exit code 3.
    pub(crate) fn unknown(message: impl Display) -> Self {
        Self { exit: 3, message: message.to_string(), help: None }
    }

    /// Adds a suggestion, if there is one.
    pub(crate) fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// The message has already been printed.
    pub(crate) fn already_reported(exit: u8) -> Self {
        Self { exit, message: String::new(), help: None }
    }

    /// Standard output cannot be written to. If its reader has closed it, the command ends without an error.
    pub(crate) fn unwritable_output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::already_reported(0),
            _ => Self::refused(format!("cannot write to standard output: {error}")),
        }
    }

    /// Cannot listen on the address.
    pub(crate) fn cannot_listen(address: impl Display, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => "the address is in use".to_owned(),
            _ => error.to_string(),
        };
        Self::refused(format!("cannot listen on {address}: {reason}"))
            .help("choose another address with --listen; port 0 means any free port, as in --listen 127.0.0.1:0")
    }

    /// Turns a usage error into a refusal, for commands whose input comes from other parties.
    pub(crate) fn into_refused(self) -> Self {
        Self { exit: 1, ..self }
    }

    /// Adds a suggestion.
    pub(crate) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// Prints the message on standard error.
    pub(crate) fn report(self) -> ExitCode {
        let mut stderr = io::stderr().lock();
        let (red, bold, plain) =
            if terminal::shows_colours(&stderr) { ("\x1b[1;31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
        // If standard error is closed, the exit code is all there is.
        if !self.message.is_empty() {
            let _ = writeln!(stderr, "{red}error:{plain} {}", self.message);
        }
        if let Some(help) = self.help {
            let _ = writeln!(stderr, "{bold}help:{plain} {help}");
        }
        ExitCode::from(self.exit)
    }
}
