//! Fields of requests, replies and callbacks, word for word.

use crate::Diagnostics;
use crate::read::Located;
use crate::read::table::Table;
use crate::read::yaml::Node;

/// A field of a request, reply or callback.
#[derive(Debug)]
pub struct RawField {
    /// Name on the wire.
    pub wire: Located<String>,
    /// Name in Rust, where it does not follow from the wire name.
    pub name: Option<Located<String>>,
    /// Type.
    pub kind: Option<Located<String>>,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether the caller may leave it out in so many words, although it is required.
    pub may_omit: bool,
    /// The value the client writes by itself.
    pub constant: Option<Located<String>>,
    /// The words of an enum that this action takes.
    pub only: Vec<Located<String>>,
    /// Other names in what is received.
    pub aliases: Vec<Located<String>>,
    /// Part it plays for the payment.
    pub role: Option<Located<String>>,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// Exact length, in characters.
    pub len: Option<Located<usize>>,
    /// Shortest length.
    pub min_len: Option<Located<usize>>,
    /// Greatest length.
    pub max_len: Option<Located<usize>>,
    /// `digits` or `alphanumeric`.
    pub charset: Option<Located<String>>,
    /// The vendor's page, where it is not the one of the action.
    pub page: Option<Located<String>>,
    /// Explanation.
    pub doc: Option<Located<String>>,
}

impl RawField {
    pub(super) fn read_all(
        fields: Vec<(Located<String>, Node)>,
        file: &str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Self> {
        fields.into_iter().filter_map(|(wire, node)| Self::read(wire, node, file, diagnostics)).collect()
    }

    fn read(wire: Located<String>, node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(node, format!("the field `{}`", wire.value), file, diagnostics)?;
        let read = Self {
            name: table.text("name", diagnostics),
            kind: table.required("type", diagnostics),
            optional: table.flag("optional", diagnostics),
            may_omit: table.flag("may_omit", diagnostics),
            constant: table.text("const", diagnostics),
            only: table.texts("only", diagnostics),
            aliases: table.texts("aliases", diagnostics),
            role: table.text("role", diagnostics),
            sensitive: table.flag("sensitive", diagnostics),
            len: table.number("len", diagnostics),
            min_len: table.number("min_len", diagnostics),
            max_len: table.number("max_len", diagnostics),
            charset: table.text("charset", diagnostics),
            page: table.text("page", diagnostics),
            doc: table.required("doc", diagnostics),
            wire,
        };
        table.finish(diagnostics);
        Some(read)
    }
}
