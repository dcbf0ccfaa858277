//! Problems of a specification: where they are, what is wrong, what to do.

use std::fmt;

/// A place in a file; both numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

impl Position {
    /// The beginning of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// File, as shown.
    pub file: String,
    /// Place in the file.
    pub position: Position,
    /// What to do about it.
    pub help: Option<String>,
}

/// `spec/actions/refund.yaml:12:3: unknown key …`, and the help on a line of its own.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, file, position: Position { line, column }, help } = self;
        write!(f, "{file}:{line}:{column}: {message}")?;
        match help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

/// Every problem that was found, of all files.
#[derive(Debug, Default)]
#[must_use = "problems that nobody reads let a broken specification through"]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a problem.
    pub fn report(&mut self, file: &str, position: Position, message: impl Into<String>) {
        self.push(file, position, message.into(), None);
    }

    /// Adds a problem and what to do about it.
    pub fn report_with_help(
        &mut self,
        file: &str,
        position: Position,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(file, position, message.into(), Some(help.into()));
    }

    fn push(&mut self, file: &str, position: Position, message: String, help: Option<String>) {
        self.0.push(Diagnostic { message, file: file.to_owned(), position, help });
    }

    /// The problems, by file and place.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| (&a.file, a.position).cmp(&(&b.file, b.position)));
        self.0
    }

    /// `Ok` if there are none.
    ///
    /// # Errors
    /// The problems themselves.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}
