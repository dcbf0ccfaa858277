//! The stable key of a transition.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// The key of an event: the same whenever the same transition of the same order is handed over, in every process and
/// after every restart. Pass it to services outside the transaction that accept an idempotency key.
///
/// It is the SHA-256 of these parts, each preceded by its length: the version, the gateway's base URL, the merchant,
/// the id that the shop gave the order, and the transition. No part comes from a callback, the payment provider or a
/// clock, so no peer can change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    const VERSION: &str = "v1";

    pub(crate) fn new(environment: &str, merchant_id: &str, id: &str, transition: &str) -> Self {
        Self(digest([Self::VERSION, environment, merchant_id, id, transition]))
    }

    /// The bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// SHA-256 over the length and the bytes of each part. The lengths make it unambiguous: no two lists of parts are
/// hashed as the same bytes.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// 64 hexadecimal digits in lower case.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&base16ct::lower::encode_string(&self.0))
    }
}

/// A string that is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a key of 64 hexadecimal digits in lower case")]
pub struct KeyError;

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut key = Self([0; 32]);
        let bytes = base16ct::lower::decode(text, &mut key.0).map_err(|_| KeyError)?;
        if bytes.len() == 32 { Ok(key) } else { Err(KeyError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_key_are_the_digits_of_its_text() {
        let key = Key::new("https://pay.example", "M", "T1", "paid");
        assert_eq!(base16ct::lower::encode_string(key.as_bytes()), key.to_string());
    }

    #[test]
    fn a_key_never_changes() {
        let key = |transition| Key::new("https://frontapi.ottpay.com:443", "ON00004652", "T1", transition).to_string();
        assert_eq!(key("paid"), "4a85d93a7a683d3d84f18122f16c0d7e025689625911b83d00f21db2c9486c93");
        assert_eq!(key("reversed:1"), "cce6dc7f6d095f5e3cb0c6723a74cf982a0f947873462024080bfdd028f472ee");
        assert_eq!(key("refund:R1"), "9de0ec6ff9ab0496eb6546a37305f7f2142a5162553f30bd261bea37eb0d423b");
    }

    #[test]
    fn a_key_depends_on_every_part_and_on_where_it_ends() {
        let keys = [
            Key::new("https://a", "M1", "T1", "paid"),
            Key::new("https://b", "M1", "T1", "paid"),
            Key::new("https://a", "M2", "T1", "paid"),
            Key::new("https://a", "M1", "T2", "paid"),
            Key::new("https://a", "M1", "T1", "ended:1"),
            Key::new("https://a", "M1T", "1", "paid"),
            Key::new("https://a", "M", "1T1", "paid"),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }

    #[test]
    fn a_key_survives_as_text() {
        let key = Key::new("https://a", "M1", "T1", "paid");
        assert_eq!(key.to_string().parse(), Ok(key));
        let upper = key.to_string().to_uppercase();
        for invalid in ["", "ab", "zz", &upper, &format!("{key}00"), &key.to_string()[2..]] {
            assert_eq!(invalid.parse::<Key>(), Err(KeyError), "{invalid}");
        }
    }
}
