//! What was reported about an order to the shop, apart from its payment.

use serde::{Deserialize, Serialize};

/// Counts the reports about an order; column `told`. Every transition is reported once, so each has a count or a digest
/// here, or a column of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Told {
    /// When the order entered its state, in milliseconds since 1970; 0 if no answer of the gateway has
    /// changed it.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) since: i64,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) conflict: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) ended: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) given_back: u32,
    /// The digest of each reported amount that differed from the requested one.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) mismatch: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reserved: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) restored: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reversed: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) unconfirmed: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) unresolved: u32,
    /// The refunded total in minor units before a person declared that nothing is left.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) refunded_before: Option<u64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Told {
    /// How many different amounts of one order are reported. The limit keeps the column small; after so many a person
    /// already handles the order.
    const MISMATCHES: usize = 16;

    /// Records a mismatch. Returns whether it is new.
    pub(crate) fn add_mismatch(&mut self, digest: &str) -> bool {
        let is_new = self.mismatch.len() < Self::MISMATCHES && !self.mismatch.iter().any(|known| known == digest);
        if is_new {
            self.mismatch.push(digest.to_owned());
        }
        is_new
    }
}

/// Counts one more report, and returns the new count.
pub(crate) fn increment(times: &mut u32) -> u32 {
    *times = times.saturating_add(1);
    *times
}
