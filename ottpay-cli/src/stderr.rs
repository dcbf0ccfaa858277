//! Standard error: lines for people.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints a line.
pub(crate) fn print_line(text: impl Display) {
    // A closed standard error is the user's choice, not a failure.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
