//! The discrepancies between two books, by kind, so that the printed counts are those that were found.

use std::fmt;

/// What is wrong with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Money moved, and the shop does not know.
    Lost,
    /// The shop acted on it twice.
    Doubled,
    /// The shop acted on it, but no money moved.
    MadeUp,
    /// It has not ended, and no person is asked to decide.
    Open,
    /// The shop acted on a different amount.
    Differing,
}

#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<(Finding, String)>);

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding, what: String) {
        self.0.push((finding, what));
    }

    /// Fails with everything that is wrong.
    pub(crate) fn assert_none(&self, books: &dyn fmt::Display) {
        let all: Vec<_> = self.0.iter().map(|(finding, what)| format!("{finding:?}: {what}")).collect();
        assert!(all.is_empty(), "{}\n{self}; {books}", all.join("\n"));
    }
}

/// How many of each there are.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |finding| self.0.iter().filter(|(of, _)| *of == finding).count();
        let (lost, doubled, made_up) = (count(Finding::Lost), count(Finding::Doubled), count(Finding::MadeUp));
        let (open, differing) = (count(Finding::Open), count(Finding::Differing));
        write!(f, "lost {lost}, doubled {doubled}, made up {made_up}, open {open}, differing {differing}")
    }
}
