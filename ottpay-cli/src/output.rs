//! Standard output, which is data only, and lines for people on standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::failure::Failure;

/// Prints one line of data, at once.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    try_line(text).map_err(|error| Failure::output(&error))
}

/// Prints one line of data, at once, for those to whom it matters that it could not be.
pub(crate) fn try_line(text: impl Display) -> io::Result<()> {
    print(format_args!("{text}\n"))
}

/// Prints data as it is.
pub(crate) fn text_as_it_is(text: impl Display) -> Result<(), Failure> {
    print(text).map_err(|error| Failure::output(&error))
}

fn print(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    write!(stdout, "{text}")?;
    stdout.flush()
}

/// Says a line on standard error.
pub(crate) fn say(text: impl Display) {
    // Whoever closes standard error does not want to know.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether standard error takes colours.
pub(crate) fn colours() -> bool {
    takes_colours(&io::stderr())
}

/// Whether it is a terminal that shows colours to somebody who wants them.
pub(crate) fn takes_colours(stream: &impl IsTerminal) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stream.is_terminal() && !unwanted && !dumb
}
