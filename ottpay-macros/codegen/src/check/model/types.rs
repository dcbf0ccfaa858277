//! Checked types, which several actions share.

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
    /// The vendor's page, if one lists the values.
    pub page: String,
    /// How its values are compared.
    pub compare: Compare,
    /// The values.
    pub words: Vec<Word>,
    /// Position of the declaration.
    pub source: Position,
    /// Whether it belongs to the specification that this one extends.
    pub from_library: bool,
    /// Whether it is invalid.
    pub(crate) is_broken: bool,
}

impl Enum {
    /// Returns whether the values have a meaning for the money.
    pub fn says_status(&self) -> bool {
        self.words.iter().any(|word| matches!(word.class, Some(Class::Status(_))))
    }
}

/// The meaning of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// For the money.
    Status(StatusClass),
    /// For the call.
    Code(CodeClass),
}

/// A JSON object inside a field.
#[derive(Debug, Clone)]
pub struct Object {
    /// Name in Rust.
    pub name: String,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if one describes it.
    pub page: String,
    /// Members, in the order of the file.
    pub fields: Vec<Field>,
    /// Position of the declaration.
    pub source: Position,
    /// Whether it belongs to the specification that this one extends.
    pub from_library: bool,
    /// Whether it is invalid.
    pub(crate) is_broken: bool,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct Word {
    /// The value on the wire.
    pub word: String,
    /// Name of the variant.
    pub variant: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// The meaning of the value, if it has one.
    pub class: Option<Class>,
    /// Explanation.
    pub doc: String,
    /// Position of the declaration.
    pub source: Position,
}
