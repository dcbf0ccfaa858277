//! Limits on the length and the characters of a value.

use crate::word_set::words;

/// Limits on the length, in characters, and on the characters of a value. [`Rule`](crate::Rule) enforces them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The smallest length.
    pub min_len: usize,
    /// The largest length.
    pub max_len: usize,
    /// The characters allowed.
    pub charset: Charset,
}

impl Limits {
    /// No limits; the vendor documents none.
    pub const NONE: Self = Self { min_len: 0, max_len: usize::MAX, charset: Charset::Any };

    /// Describes the limits in words; empty if there are none.
    pub fn in_words(self) -> Vec<String> {
        let length = match (self.min_len, self.max_len) {
            (0, usize::MAX) => None,
            (min, max) if min == max => Some(format!("exactly {min} characters")),
            (min, usize::MAX) => Some(format!("at least {min} characters")),
            (0, max) => Some(format!("at most {max} characters")),
            (min, max) => Some(format!("{min} to {max} characters")),
        };
        let charset = match self.charset {
            Charset::Any => None,
            Charset::Digits => Some("digits only".to_owned()),
            Charset::Alphanumeric => Some("letters and digits only".to_owned()),
        };
        length.into_iter().chain(charset).collect()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::NONE
    }
}

words! {
    /// The characters that a value may contain.
    #[derive(Default)]
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
    /// Whether the set contains every character of a string.
    pub fn contains_all(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Digits => text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Alphanumeric => text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        }
    }
}
