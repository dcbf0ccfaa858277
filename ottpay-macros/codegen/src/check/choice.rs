//! Parses keywords from a fixed set.

use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::suggestion;
use crate::read::Located;

/// Parses one keyword of a fixed set. `of` is the end of the message about an unknown keyword.
pub(super) fn parse_choice<T: Clone>(
    word: &Located<String>,
    what: &str,
    of: &str,
    known: &[(&'static str, T)],
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == word.value).map(|(_, value)| value.clone());
    if found.is_none() {
        let help = suggestion(&word.value, known.iter().map(|(name, _)| *name));
        let message = format!("unknown {what} `{}`{of}", word.value);
        diagnostics.report(Mistake::UnknownWord, &word.at, message, help);
    }
    found
}
