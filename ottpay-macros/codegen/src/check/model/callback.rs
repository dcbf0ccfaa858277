//! A checked callback.

use super::field::Field;
use crate::diagnostic::Position;

/// A callback.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Name in the file.
    pub name: String,
    /// Name of the client's method.
    pub method: String,
    /// Name of the Rust type.
    pub type_name: String,
    /// One sentence.
    pub summary: String,
    /// Points that the vendor does not document.
    pub unknown: Vec<String>,
    /// The vendor's page.
    pub page: String,
    /// Fields, in the order of the file.
    pub fields: Vec<Field>,
    /// Sample messages, by their names.
    pub examples: Vec<(String, Vec<(String, String)>)>,
    /// Position of the declaration.
    pub source: Position,
    /// Whether it belongs to the specification that this one extends.
    pub from_library: bool,
    /// Whether it is invalid.
    pub(crate) is_broken: bool,
}
