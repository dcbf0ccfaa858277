//! Enums whose variants are words of the specification language.

/// A fixed set of words of the language. Each word is written once, next to its variant.
pub trait WordSet: Copy + PartialEq + 'static {
    /// Every word, in the order in which messages list them, with its meaning.
    const WORDS: &'static [(&'static str, Self)];

    /// Returns the meaning of a word; `None` if it is not in the set.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }

    /// Returns the word for a value; `None` for a value that is expressed by omitting the key.
    fn word(self) -> Option<&'static str> {
        Self::WORDS.iter().find(|(_, value)| *value == self).map(|(word, _)| *word)
    }
}

/// Declares an enum with the word of each variant next to it. A variant without a word is the meaning of an absent key.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident $(= $word:literal)?,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $crate::word_set::WordSet for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$($(($word, Self::$variant),)?)*];
        }
    };
}

pub(crate) use words;
