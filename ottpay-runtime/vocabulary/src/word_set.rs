//! Enums whose variants are words of the specification language.

/// A fixed set of words of the language. Each word is written once, beside its variant.
pub trait WordSet: Copy + PartialEq + 'static {
    /// Every word, in the order in which messages list them, with what it stands for.
    const WORDS: &'static [(&'static str, Self)];

    /// What a word stands for; nothing if it is not one of the set.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }

    /// The word for a value; nothing for a value that is expressed by leaving the key out.
    fn word(self) -> Option<&'static str> {
        Self::WORDS.iter().find(|(_, value)| *value == self).map(|(word, _)| *word)
    }
}

/// Declares an enum and, beside each variant, its word. A variant without a word is what an absent key means.
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
