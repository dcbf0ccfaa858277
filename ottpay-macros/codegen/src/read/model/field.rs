//! Fields of requests, replies and callbacks, word for word.

use crate::read::Located;
use crate::read::table::Table;
use crate::read::yaml::Node;
use crate::{Diagnostics, Position};

/// A field of a request, reply or callback.
#[derive(Debug)]
pub struct RawField {
    /// Name on the wire.
    pub wire: Located<String>,
    /// Where its description begins.
    pub at: Position,
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
    /// Whether the constant or copy is only sent if the caller asks for it.
    pub opt_in: bool,
    /// The field in whose place this one is sent.
    pub instead_of: Option<Located<String>>,
    /// `merchant_id` or `endpoint`: what the client writes by itself.
    pub fill: Option<Located<String>>,
    /// The field of the same request whose value the client writes here as well.
    pub copy_of: Option<Located<String>>,
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
    /// Whether the vendor's own samples break the limits.
    pub lenient: bool,
    /// `base64`, in links and what comes back from them.
    pub encode: Option<Located<String>>,
    /// `clients` or `assumed`, where no page of the vendor has the field.
    pub evidence: Option<Located<String>>,
    /// The object that the caller encrypts into this text.
    pub content: Option<Located<String>>,
    /// The vendor's page, where it is not the one of the action.
    pub page: Option<Located<String>>,
    /// Explanation; a shared type may have it instead.
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

    pub(super) fn read(wire: Located<String>, node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(node, format!("the field `{}`", wire.value), file, diagnostics)?;
        let read = Self {
            at: table.at(),
            name: table.text("name", diagnostics),
            kind: table.required("type", diagnostics),
            optional: table.flag("optional", diagnostics),
            may_omit: table.flag("may_omit", diagnostics),
            constant: table.text("const", diagnostics),
            opt_in: table.flag("opt_in", diagnostics),
            instead_of: table.text("instead_of", diagnostics),
            fill: table.text("fill", diagnostics),
            copy_of: table.text("copy_of", diagnostics),
            only: table.texts("only", diagnostics),
            aliases: table.texts("aliases", diagnostics),
            role: table.text("role", diagnostics),
            sensitive: table.flag("sensitive", diagnostics),
            len: table.number("len", diagnostics),
            min_len: table.number("min_len", diagnostics),
            max_len: table.number("max_len", diagnostics),
            charset: table.text("charset", diagnostics),
            lenient: table.flag("lenient", diagnostics),
            encode: table.text("encode", diagnostics),
            evidence: table.text("evidence", diagnostics),
            content: table.text("content", diagnostics),
            page: table.text("page", diagnostics),
            doc: table.text("doc", diagnostics),
            wire,
        };
        table.finish(diagnostics);
        Some(read)
    }
}
