//! Mistakes in a scenario, with their places.

use std::fmt;

/// The maximum number of reported mistakes.
const MAX_MISTAKES: usize = 20;

/// A place in a file. Both numbers start with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

/// A mistake in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The line, counted from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column, counted from 1; 0 for the file as a whole.
    pub column: u64,
    /// The problem, and what to write instead.
    pub message: String,
}

/// An invalid scenario, with its first twenty mistakes at most. Its message has a line for each, such as
/// ``shop.yaml:4:5: unknown step `payy`; did you mean `pay`?``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    file: String,
    mistakes: Vec<Mistake>,
}

impl ScenarioError {
    /// Reports a file that cannot be used at all.
    pub(super) fn of_file(file: &str, message: String) -> Self {
        Self { file: file.to_owned(), mistakes: vec![Mistake { line: 0, column: 0, message }] }
    }

    /// Returns the mistakes, in the order of the file.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Mistake { line, column, message }) in self.mistakes.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            match line {
                0 => write!(f, "{}: {message}", self.file)?,
                _ => write!(f, "{}:{line}:{column}: {message}", self.file)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioError {}

/// Collects mistakes.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub(super) fn report(&mut self, Place { line, column }: Place, message: impl Into<String>) {
        self.0.push(Mistake { line, column, message: message.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_error(mut self, file: &str) -> ScenarioError {
        self.0.sort_by_key(|mistake| (mistake.line, mistake.column));
        self.0.truncate(MAX_MISTAKES);
        ScenarioError { file: file.to_owned(), mistakes: self.0 }
    }
}
