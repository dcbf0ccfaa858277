//! Currency codes of ISO 4217.

use std::fmt;

/// Reads a code of three letters, in any case and with white space around it, into upper case.
///
/// # Errors
/// [`CurrencyError`] if it is not three letters.
pub fn parse(text: &str) -> Result<[u8; 3], CurrencyError> {
    match <[u8; 3]>::try_from(text.trim().as_bytes()) {
        Ok(letters) if letters.iter().all(u8::is_ascii_alphabetic) => Ok(letters.map(|l| l.to_ascii_uppercase())),
        _ => Err(CurrencyError),
    }
}

/// A string that is not a currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencyError;

impl fmt::Display for CurrencyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a currency code of three letters, such as CAD")
    }
}

impl std::error::Error for CurrencyError {}
