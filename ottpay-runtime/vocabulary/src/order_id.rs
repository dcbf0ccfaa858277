//! Order ids.

use std::fmt;

/// Checks an order id of the shop's own. The vendor documents at most 20 letters and digits for cards and no limit
/// elsewhere, and breaks that limit in its own samples, so length and characters are left to the limits of each field.
/// White space is rejected: forms and addresses change it on the way, and the order could not be found again.
///
/// # Errors
/// [`OrderIdError`] if it is empty, or contains white space or a control character.
pub fn check_order_id(text: &str) -> Result<(), OrderIdError> {
    if text.is_empty() {
        Err(OrderIdError::Empty)
    } else if text.contains(char::is_control) {
        Err(OrderIdError::Control)
    } else if text.contains(char::is_whitespace) {
        Err(OrderIdError::WhiteSpace)
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
    /// White space.
    WhiteSpace,
    /// A control character, such as a line break.
    Control,
}

impl fmt::Display for OrderIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the order id is empty",
            Self::WhiteSpace => "the order id contains white space",
            Self::Control => "the order id contains a control character",
        })
    }
}

impl std::error::Error for OrderIdError {}
