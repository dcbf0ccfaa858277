//! The ids that the merchant assigns to orders, refunds and Checkout pages.

use std::fmt;

/// Checks an id of the shop's own.
///
/// The vendor documents at most 20 letters and digits for cards and no limit elsewhere, and violates that limit in its
/// own samples, so length and characters are left to the limits of each field. Whitespace is rejected: forms and
/// addresses may change it, and the order could then not be found again.
///
/// # Errors
/// [`IdError`] if it is empty, or contains whitespace or a control character.
pub fn check_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        Err(IdError::Empty)
    } else if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else if text.contains(char::is_control) {
        Err(IdError::Control)
    } else if text.contains(char::is_whitespace) {
        Err(IdError::WhiteSpace)
    } else {
        Ok(())
    }
}

/// Why a string is not the id of an order, a refund or a Checkout page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// The string is empty.
    Empty,
    /// The string contains whitespace.
    WhiteSpace,
    /// The string contains a control character, such as a line break.
    Control,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the id is empty",
            Self::WhiteSpace => "the id contains whitespace",
            Self::Control => "the id contains a control character",
        })
    }
}

impl std::error::Error for IdError {}
