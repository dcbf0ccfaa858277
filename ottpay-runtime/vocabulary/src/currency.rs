//! Currency codes of ISO 4217.

use std::fmt;

/// Parses a code of three letters into upper case. Case and surrounding whitespace are ignored.
///
/// # Errors
/// [`CurrencyError`] if it is not three letters.
pub fn parse(text: &str) -> Result<[u8; 3], CurrencyError> {
    match <[u8; 3]>::try_from(text.trim().as_bytes()) {
        Ok(letters) if letters.iter().all(u8::is_ascii_alphabetic) => Ok(letters.map(|l| l.to_ascii_uppercase())),
        _ => Err(CurrencyError),
    }
}

/// Whether a string is a code in the form in which it is sent: three letters in upper case.
pub fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_sent_is_in_upper_case() {
        assert!(is_code("CAD"));
        for text in ["", "CA", "CADD", "cad", " CAD", "C$D", "ÉA"] {
            assert!(!is_code(text), "{text:?}");
        }
        assert_eq!(parse(" cad\n"), Ok(*b"CAD"));
    }
}
