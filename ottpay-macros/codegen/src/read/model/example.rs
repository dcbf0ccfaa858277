//! Examples of actions and callbacks, word for word.

use crate::read::Located;
use crate::read::table::{Table, as_text, entries};
use crate::read::yaml::{Content, Node};
use crate::{Diagnostics, Position};

/// A sample exchange.
#[derive(Debug)]
pub struct RawExample {
    /// Where it begins.
    pub at: Position,
    /// Fields of the request, without constants.
    pub request: RawValues,
    /// Fields of the reply.
    pub reply: RawValues,
    /// Parameters that come back with the buyer's browser.
    pub returned: RawValues,
}

impl RawExample {
    pub(super) fn read(node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let at = node.at;
        let mut table = Table::new(node, "the example".to_owned(), file, diagnostics)?;
        let mut values = |key| RawValues { at, values: values_of(table.map(key, diagnostics), file, diagnostics) };
        let (request, reply, returned) = (values("request"), values("reply"), values("returned"));
        table.finish(diagnostics);
        Some(Self { at, request, reply, returned })
    }
}

/// Field values of an example.
#[derive(Debug)]
pub struct RawValues {
    /// Where they begin.
    pub at: Position,
    /// Name and text of each.
    pub values: Vec<(Located<String>, Located<String>)>,
}

impl RawValues {
    pub(super) fn read(node: Node, file: &str, diagnostics: &mut Diagnostics) -> Self {
        let at = node.at;
        let fields = entries(node, "the example", file, diagnostics);
        Self { at, values: values_of(fields, file, diagnostics) }
    }
}

fn values_of(
    fields: Vec<(Located<String>, Node)>,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Located<String>, Located<String>)> {
    let texts = fields.into_iter().map(|(name, node)| {
        let what = format!("the example's `{}`", name.value);
        Some((name, as_text(node, &what, file, diagnostics)?))
    });
    texts.flatten().collect()
}

pub(super) fn list(node: Option<(Position, Node)>, key: &str, file: &str, diagnostics: &mut Diagnostics) -> Vec<Node> {
    match node.map(|(_, node)| (node.kind(), node)) {
        None => Vec::new(),
        Some((_, Node { content: Content::List(items), .. })) => items,
        Some((kind, node)) => {
            diagnostics.report(file, node.at, format!("`{key}` must be a list, found {kind}"));
            Vec::new()
        }
    }
}
