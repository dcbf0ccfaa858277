//! Types that several actions share, checked.

use ottpay_vocabulary::{CodeClass, Compare, StatusClass};

use super::field::Field;
use crate::diagnostic::Position;

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name in Rust.
    pub name: String,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if one has the words.
    pub page: String,
    /// How its words compare.
    pub compare: Compare,
    /// The words.
    pub words: Vec<Word>,
    /// Declaration.
    pub source: Position,
    /// Whether it belongs to the specification that is extended.
    pub from_library: bool,
    /// Whether it has problems.
    pub(crate) is_broken: bool,
}

impl Enum {
    /// Whether the words say something about the money.
    pub fn says_status(&self) -> bool {
        self.words.iter().any(|word| matches!(word.class, Some(Class::Status(_))))
    }
}

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// About the money.
    Status(StatusClass),
    /// About the call.
    Code(CodeClass),
}

/// A JSON object inside a field.
#[derive(Debug, Clone)]
pub struct Object {
    /// Name in Rust.
    pub name: String,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if one has it.
    pub page: String,
    /// Members, in the order of the file.
    pub fields: Vec<Field>,
    /// Declaration.
    pub source: Position,
    /// Whether it belongs to the specification that is extended.
    pub from_library: bool,
    /// Whether it has problems.
    pub(crate) is_broken: bool,
}

/// A word of an enum.
#[derive(Debug, Clone)]
pub struct Word {
    /// The word on the wire.
    pub word: String,
    /// Name of the variant.
    pub variant: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// What it says, if anything.
    pub class: Option<Class>,
    /// Explanation.
    pub doc: String,
    /// Declaration.
    pub source: Position,
}
