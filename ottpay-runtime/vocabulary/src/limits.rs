//! Limits on the string of a value.

use crate::word::words;

/// Limits on the string of a value. Lengths are in characters. [`Rule`](crate::Rule) checks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Shortest length.
    pub min_len: usize,
    /// Greatest length.
    pub max_len: usize,
    /// Characters allowed.
    pub charset: Charset,
}

impl Limits {
    /// No limit that the vendor documents.
    pub const NONE: Self = Self { min_len: 0, max_len: usize::MAX, charset: Charset::Any };
}

impl Default for Limits {
    fn default() -> Self {
        Self::NONE
    }
}

words! {
    /// Characters that a value may contain.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum Charset {
        /// Every character.
        #[default]
        Any,
        /// `0` to `9`.
        Digits = "digits",
        /// `0` to `9`, `A` to `Z`, `a` to `z`.
        Alphanumeric = "alphanumeric",
    }
}

impl Charset {
    /// Whether the set contains a character.
    pub fn contains(self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::Digits => character.is_ascii_digit(),
            Self::Alphanumeric => character.is_ascii_alphanumeric(),
        }
    }

    /// The set in words; nothing if it contains every character.
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Digits => Some("digits only"),
            Self::Alphanumeric => Some("letters and digits only"),
        }
    }
}
