//! A control token given as a flag or a variable.

use std::fmt;

/// An unchecked token, which the sandbox checks. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct GivenToken(String);

impl GivenToken {
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl From<String> for GivenToken {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for GivenToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenToken(..)")
    }
}
