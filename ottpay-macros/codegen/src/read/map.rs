//! A map of the language that is read into a struct.

use super::located::Located;
use super::node::Node;
use super::shape::MapShape;
use crate::diagnostic::Diagnostics;

/// A map of the language. Implemented by `map!`.
pub(crate) trait Map: Sized {
    /// The map's keys.
    const SHAPE: &'static MapShape;

    /// Reads the node. If it is not a map, only the name is kept.
    fn read(name: Located<String>, node: Node, diagnostics: &mut Diagnostics) -> Self;
}
