//! A sign key given as a flag.

use std::fmt;

use ottpay::SignKey;

use super::setting::Setting;
use crate::failure::Failure;

/// An unparsed sign key. clap prints values that it cannot parse, so it must not parse keys.
#[derive(Clone)]
pub(crate) struct GivenKey(String);

impl GivenKey {
    /// Parses the key.
    pub(crate) fn parse(self) -> Result<SignKey, Failure> {
        parse_sign_key(Setting { value: self.0, source: "--sign-key".to_owned() }).map(|setting| setting.value)
    }
}

impl From<String> for GivenKey {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for GivenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenKey(..)")
    }
}

/// Parses a sign key, and names its source if that is not possible.
pub(super) fn parse_sign_key(Setting { value, source }: Setting<String>) -> Result<Setting<SignKey>, Failure> {
    match SignKey::new(value) {
        Ok(value) => Ok(Setting { value, source }),
        Err(error) => Err(Failure::usage(format!("{error}; set by {source}"))),
    }
}
