//! Standard output: data only.

use std::fmt::Display;
use std::io::{self, Write};

use crate::failure::Failure;

/// Prints data as it is, and flushes.
pub(crate) fn print(text: impl Display) -> Result<(), Failure> {
    try_print(text).map_err(|error| Failure::unwritable_output(&error))
}

/// Prints one line of data, and flushes.
pub(crate) fn print_line(text: impl Display) -> Result<(), Failure> {
    print(format_args!("{text}\n"))
}

/// Prints one line of data, for a caller that handles write errors itself.
pub(crate) fn try_print_line(text: impl Display) -> io::Result<()> {
    try_print(format_args!("{text}\n"))
}

fn try_print(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    write!(stdout, "{text}")?;
    stdout.flush()
}
