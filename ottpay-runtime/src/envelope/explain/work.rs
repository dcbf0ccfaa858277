//! The cost that is left for the search for a cause. It counts bytes and not time, so that the same message always has
//! the same explanation.

use super::limits::MAX_WORK;

/// The cost of each attempt in addition to its bytes: a digest works in whole blocks.
const OVERHEAD: usize = 64;

/// The cost that is left for a search.
pub(super) struct Work {
    left: usize,
    ways: usize,
    is_cut_short: bool,
}

impl Work {
    pub(super) fn new() -> Self {
        Self { left: MAX_WORK, ways: 0, is_cut_short: false }
    }

    /// Spends the cost of one more attempt; returns false if less is left, which ends the search.
    #[must_use]
    pub(super) fn spend_on_way(&mut self, bytes: usize) -> bool {
        let can = self.spend(bytes);
        self.ways += usize::from(can);
        can
    }

    /// Spends the cost of preparing attempts; returns false if less is left, which ends the search.
    #[must_use]
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes.saturating_add(OVERHEAD)) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.left = 0;
                self.is_cut_short = true;
                false
            }
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_over(&self) -> bool {
        self.is_cut_short
    }

    /// Returns the cause for a failed search, and whether all known attempts were made.
    pub(super) fn without_cause(&self, unknown: &str) -> String {
        match self.is_cut_short {
            false => unknown.to_owned(),
            true => format!(
                "{unknown}; {} possible mistakes were tried but not all, because the message is long: a similar, \
                 shorter message may show the cause",
                self.ways
            ),
        }
    }

    #[cfg(test)]
    pub(super) fn spent(&self) -> usize {
        MAX_WORK - self.left
    }
}
