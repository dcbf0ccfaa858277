//! The shop's own name for a purchase.

use std::fmt;
use std::str::FromStr;

use ottpay::OrderId;

use crate::store::Value;

/// The shop's own name for a purchase, such as the number of a cart, invoice or booking.
///
/// All attempts to pay it have this reference, each with an order id of its own. A second payment of the same reference
/// is reported as [`PaidAgain`](crate::Kind::PaidAgain).
///
/// ```
/// use ottpay_ledger::Reference;
///
/// let invoice: Reference = "invoice 2026-0117".parse()?;
/// assert_eq!(invoice.as_str(), "invoice 2026-0117");
/// # Ok::<(), ottpay_ledger::ReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

/// The longest reference, in characters.
const LONGEST: usize = 200;

impl Reference {
    /// Creates a reference from a string of 1 to 200 characters without control characters.
    ///
    /// # Errors
    /// [`ReferenceError`] for any other string.
    pub fn new(text: impl Into<String>) -> Result<Self, ReferenceError> {
        let text = text.into();
        let is_valid = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if is_valid { Ok(Self(text)) } else { Err(ReferenceError) }
    }

    /// Creates a reference from the store, where it was valid.
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The reference as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A string that is not a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a reference of 1 to {LONGEST} characters without control characters")]
pub struct ReferenceError;

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::new(text)
    }
}

/// For shops where every payment has its own order id and is never retried with another.
impl From<&OrderId> for Reference {
    fn from(id: &OrderId) -> Self {
        Self(id.to_string())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&Reference> for Value {
    fn from(reference: &Reference) -> Self {
        Self::Text(reference.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_short_line() {
        for valid in ["1", "订单 7", &"x".repeat(200)] {
            assert_eq!(Reference::new(valid).unwrap().as_str(), valid);
        }
        for invalid in ["", "a\nb", "\u{7f}", &"x".repeat(201)] {
            assert_eq!(Reference::new(invalid), Err(ReferenceError), "{invalid:?}");
        }
    }
}
