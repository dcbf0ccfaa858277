//! A map of the language, read into a struct of its own.

use super::located::Located;
use super::node::Node;
use super::shape::MapShape;
use crate::diagnostic::Diagnostics;

/// A map of the language, made by `map!`.
pub(crate) trait Map: Sized {
    /// Its keys.
    const SHAPE: &'static MapShape;

    /// Reads it, whatever it is: of what is not a map at all the name remains.
    fn read(name: Located<String>, node: Node, diagnostics: &mut Diagnostics) -> Self;
}
