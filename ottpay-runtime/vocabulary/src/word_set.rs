//! Enums whose variants are keywords of the specification language.

/// A fixed set of keywords of the language. Each keyword is written once, next to its variant.
pub trait WordSet: Copy + PartialEq + 'static {
    /// Every keyword, in the order in which messages list them, with its meaning.
    const WORDS: &'static [(&'static str, Self)];

    /// Returns the meaning of a keyword; `None` if it is not in the set.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }

    /// Returns the keyword for a value; `None` for a value that is expressed by omitting the key.
    fn word(self) -> Option<&'static str> {
        Self::WORDS.iter().find(|(_, value)| *value == self).map(|(word, _)| *word)
    }
}

/// Declares an enum with the keyword of each variant next to it. A variant without a keyword is the meaning of an
/// absent key.
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
