//! What is wrong in two books, by kind, so that the counts that are printed are those that were found.

use std::fmt;

/// What is wrong with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Money moved, and the shop does not know.
    Lost,
    /// The shop acted upon it twice.
    Doubled,
    /// The shop acted upon it, and no money moved.
    MadeUp,
    /// It has neither ended, nor is a person asked to decide.
    Open,
    /// The shop acted upon another amount.
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
