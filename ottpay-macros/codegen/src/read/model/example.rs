//! Raw examples of actions and callbacks.

use crate::diagnostic::{Diagnostics, Position};
use crate::read::declaration::map;
use crate::read::entries::{parse_entries, parse_text};
use crate::read::located::Located;
use crate::read::node::Node;
use crate::read::shape::Shape;
use crate::read::value::{Found, Value};

map! {
    /// A sample exchange, with a name in snake_case.
    pub struct RawExample("the example `{name}`", name) {
        /// Fields of the request, without those that the client writes; strings, in quotes if YAML would parse them as
        /// numbers.
        request: Option<RawValues>,
        /// Fields of the reply.
        reply: Option<RawValues>,
        /// Parameters with which the buyer's browser returns.
        returned: Option<RawValues>,
    }
}

/// Field values of an example.
#[derive(Debug, Clone)]
pub struct RawValues {
    /// The position of the map.
    pub at: Position,
    /// Each name and its string; `None` if the value is not a string, which has been reported.
    pub values: Vec<(Located<String>, Option<Located<String>>)>,
    /// Whether this is not a map of values, which has been reported.
    pub is_misread: bool,
}

impl RawValues {
    /// Creates an empty map at a position.
    pub fn empty(at: Position) -> Self {
        Self { at, values: Vec::new(), is_misread: false }
    }

    fn parse(node: Node, what: &str, diagnostics: &mut Diagnostics) -> Self {
        let (at, is_misread) = (node.at.clone(), !node.is_map() && !node.is_empty());
        let fields = parse_entries(node, what, diagnostics).into_iter();
        let values = fields.map(|(name, node)| {
            let what = format!("the example's `{}`", name.value);
            (name, parse_text(node, &what, diagnostics))
        });
        Self { at, values: values.collect(), is_misread }
    }
}

impl Value for Option<RawValues> {
    const SHAPE: Shape = Shape::Values;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        Some(RawValues::parse(found.node, &found.what, diagnostics))
    }
}

/// Sample messages by name.
impl Value for Vec<(Located<String>, RawValues)> {
    const SHAPE: Shape = Shape::NamedValues;

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let entries = parse_entries(found.node, &found.what, diagnostics).into_iter();
        let parse = |(name, node): (Located<String>, Node)| {
            let values = RawValues::parse(node, &format!("the example `{}`", name.value), diagnostics);
            (name, values)
        };
        entries.map(parse).collect()
    }
}
