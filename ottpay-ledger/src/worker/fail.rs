//! Why a handler failed.

use std::error::Error;
use std::fmt;

/// The largest size of a stored message in bytes.
const LONGEST: usize = 500;

/// Why a handler failed.
///
/// The `?` operator converts every error into a `Fail`, after which the event is retried later. If retrying cannot
/// help, use [`permanent`](Self::permanent).
///
/// Up to 500 bytes of the error and its sources are stored in the ledger's tables and shown to people. Keep secrets out
/// of them.
pub struct Fail {
    text: String,
    is_permanent: bool,
}

impl Fail {
    /// Creates a failure that retrying cannot fix: the order is parked at once, until a person fixes the cause and
    /// replays it.
    pub fn permanent(text: impl Into<String>) -> Self {
        Self { text: shorten(text.into()), is_permanent: true }
    }

    /// Whether retrying cannot help.
    pub fn is_permanent(&self) -> bool {
        self.is_permanent
    }

    /// The message that is stored.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Creates a failure after which the event is retried.
    pub(crate) fn transient(text: impl Into<String>) -> Self {
        Self { text: shorten(text.into()), is_permanent: false }
    }
}

/// A transient failure, with the messages of the error and its sources.
// `Fail` is not an `Error` itself: this would overlap with the conversion of every type into itself.
impl<E: Error + Send + Sync + 'static> From<E> for Fail {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        // Bounded by the length of the message, because a chain of sources may be endless.
        while let Some(error) = source.filter(|_| text.len() < LONGEST) {
            let inner = error.to_string();
            // Many errors already include the message of their source.
            if !text.contains(&inner) {
                text.push_str(": ");
                text.push_str(&inner);
            }
            source = error.source();
        }
        Self::transient(text)
    }
}

impl fmt::Debug for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_permanent { "permanent" } else { "transient" };
        write!(f, "Fail({kind}: {})", self.text)
    }
}

/// Makes a single line of limited length.
fn shorten(text: String) -> String {
    let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreError, StoreErrorKind};

    #[test]
    fn an_error_is_transient_and_tells_its_sources_once() {
        let inner = StoreError::new(StoreErrorKind::Unavailable, "locked");
        let outer = StoreError::new(StoreErrorKind::Expired, "too late").with_source(inner);
        let fail = Fail::from(outer);
        assert_eq!(format!("{fail:?}"), "Fail(transient: too late: locked)");
        assert!(Fail::permanent("no such product").is_permanent());
    }

    #[test]
    fn a_text_is_one_line_of_limited_length() {
        let fail = Fail::permanent(format!("a\nb\u{1b}[1m{}", "ü".repeat(LONGEST)));
        assert!(fail.text().starts_with("a b [1mü") && fail.text().len() <= LONGEST, "{fail:?}");
    }
}
