//! Why the command did not do what it was asked, and with which code it ends.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::terminal;

/// Why the command ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: u8,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// Refused or unverifiable, or nothing could be done: exit code 1.
    pub(crate) fn refused(message: impl Display) -> Self {
        Self { exit: 1, message: message.to_string(), help: None }
    }

    /// The command was not called as it has to be: exit code 2.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { exit: 2, message: message.to_string(), help: None }
    }

    /// Nobody knows whether money moved: exit code 3.
    pub(crate) fn unknown(message: impl Display) -> Self {
        Self { exit: 3, message: message.to_string(), help: None }
    }

    /// With what to do about it, if something is.
    pub(crate) fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// What is wrong has been said already.
    pub(crate) fn said(exit: u8) -> Self {
        Self { exit, message: String::new(), help: None }
    }

    /// Standard output cannot be written. If its reader has closed it, that is the end, but not an error.
    pub(crate) fn unwritable_output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::said(0),
            _ => Self::refused(format!("standard output cannot be written: {error}")),
        }
    }

    /// An address on which nobody can listen.
    pub(crate) fn listen(address: impl Display, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => "another program listens there".to_owned(),
            _ => error.to_string(),
        };
        Self::refused(format!("cannot listen on {address}: {reason}"))
            .help("choose another address by --listen; port 0 takes a free one, as in --listen 127.0.0.1:0")
    }

    /// As what was given is refused, where it is not the call that is wrong.
    pub(crate) fn into_refused(self) -> Self {
        Self { exit: 1, ..self }
    }

    /// With what to do about it.
    pub(crate) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// Says it on standard error.
    pub(crate) fn report(self) -> ExitCode {
        let mut stderr = io::stderr().lock();
        let (red, bold, plain) =
            if terminal::shows_colours(&stderr) { ("\x1b[1;31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
        // Where nobody reads what is wrong, the code has to do.
        if !self.message.is_empty() {
            let _ = writeln!(stderr, "{red}error:{plain} {}", self.message);
        }
        if let Some(help) = self.help {
            let _ = writeln!(stderr, "{bold}help:{plain} {help}");
        }
        ExitCode::from(self.exit)
    }
}
