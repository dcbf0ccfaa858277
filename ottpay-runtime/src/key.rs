//! The merchant's sign key, the one secret of the protocol.

use std::{env, fmt};

use zeroize::Zeroizing;

/// The merchant's sign key ("signKey" in the vendor's pages, given with the merchant id).
///
/// Anyone who knows it can read and make every message of the merchant, so there is no way to get it back out: it has no
/// `Display`, its `Debug` prints `SignKey(..)`, and its memory is wiped when it is dropped.
///
/// ```
/// # use ottpay_runtime::SignKey;
/// let key = SignKey::new(" 6698851A525C9433\n")?; // the sample key of the vendor's Appendix A
/// assert_eq!(format!("{key:?}"), "SignKey(..)");
/// # Ok::<(), ottpay_runtime::SignKeyError>(())
/// ```
#[derive(Clone)]
pub struct SignKey(Zeroizing<String>);

impl SignKey {
    /// Takes the key as the gateway gave it. White space around it is removed; nothing else is changed, not even the
    /// case of its letters.
    ///
    /// # Errors
    /// [`SignKeyError::Empty`] if nothing is left.
    pub fn new(text: impl Into<String>) -> Result<Self, SignKeyError> {
        let text = Zeroizing::new(text.into());
        match text.trim() {
            "" => Err(SignKeyError::Empty),
            trimmed => Ok(Self(Zeroizing::new(trimmed.to_owned()))),
        }
    }

    /// Takes the key from an environment variable.
    ///
    /// # Errors
    /// [`SignKeyError::NotSet`] if there is no such variable, [`SignKeyError::NotText`] if it is not UTF-8,
    /// [`SignKeyError::Empty`] if it holds white space only.
    pub fn from_env(variable: &str) -> Result<Self, SignKeyError> {
        match env::var(variable) {
            Ok(text) => Self::new(text),
            Err(env::VarError::NotPresent) => Err(SignKeyError::NotSet { variable: variable.to_owned() }),
            Err(env::VarError::NotUnicode(_)) => Err(SignKeyError::NotText { variable: variable.to_owned() }),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignKey(..)")
    }
}

/// Why a sign key is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignKeyError {
    /// The text is empty or white space only.
    #[error("the sign key is empty")]
    Empty,
    /// The environment variable does not exist.
    #[error("the environment variable {variable} is not set; it should hold the merchant's sign key")]
    NotSet {
        /// Name of the variable.
        variable: String,
    },
    /// The environment variable is not UTF-8.
    #[error("the environment variable {variable} is not UTF-8 text")]
    NotText {
        /// Name of the variable.
        variable: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_trimmed_and_nothing_else_changes() {
        let key = SignKey::new("\t aBc D \r\n").unwrap();
        assert_eq!(key.as_bytes(), b"aBc D");
    }

    #[test]
    fn an_empty_key_is_an_error() {
        assert_eq!(SignKey::new(" \n").unwrap_err(), SignKeyError::Empty);
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = SignKey::from_env("OTTPAY_NO_SUCH_VARIABLE").unwrap_err();
        assert!(error.to_string().contains("OTTPAY_NO_SUCH_VARIABLE"), "{error}");
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let key = SignKey::new("6698851A525C9433").unwrap();
        assert_eq!(format!("{key:?} {key:#?}"), "SignKey(..) SignKey(..)");
    }
}
