//! Order ids.

use std::fmt;

/// Checks an order id of the shop's own. The vendor documents at most 20 letters and digits for cards and no limit
/// elsewhere, and breaks that limit in its own samples, so length and characters are left to the limits of each field.
///
/// # Errors
/// [`OrderIdError`] if it is empty, has white space at an end, or contains a control character.
pub fn check(text: &str) -> Result<(), OrderIdError> {
    if text.is_empty() {
        Err(OrderIdError::Empty)
    } else if text.trim() != text {
        Err(OrderIdError::WhiteSpace)
    } else if text.contains(char::is_control) {
        Err(OrderIdError::Control)
    } else {
        Ok(())
    }
}

/// Why a string is not an order id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderIdError {
    /// No characters.
    Empty,
    /// White space at the beginning or end.
    WhiteSpace,
    /// A control character, such as a line break.
    Control,
}

impl fmt::Display for OrderIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the order id is empty",
            Self::WhiteSpace => "the order id begins or ends with white space",
            Self::Control => "the order id contains a control character",
        })
    }
}

impl std::error::Error for OrderIdError {}
