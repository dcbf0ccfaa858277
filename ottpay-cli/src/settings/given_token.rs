//! A control token as a flag or a variable has it.

use std::fmt;

/// A token that was not looked at yet; the sandbox checks it. It is not shown by `Debug`.
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
