//! Values of open enums, which may grow without notice.

use std::fmt;

/// A value that the specification does not list; the payload of each enum's `Other`.
#[derive(Clone, PartialEq, Eq)]
pub struct Word(Box<str>);

impl Word {
    /// For generated code: wraps a value without a variant of its own.
    #[doc(hidden)]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the value as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
