//! `callbacks.yaml`, word for word.

use super::example::list;
use super::{RawField, RawValues};
use crate::Diagnostics;
use crate::read::Located;
use crate::read::table::{Table, entries};
use crate::read::yaml::Node;

/// A callback of `callbacks.yaml`.
#[derive(Debug)]
pub struct RawCallback {
    /// The file, as shown.
    pub file: String,
    /// Name of the callback.
    pub name: Located<String>,
    /// Name of the client's method.
    pub method: Option<Located<String>>,
    /// One sentence.
    pub summary: Option<Located<String>>,
    /// What the vendor does not document.
    pub unknown: Vec<Located<String>>,
    /// The vendor's page.
    pub page: Option<Located<String>>,
    /// The fields inside `data`.
    pub fields: Vec<RawField>,
    /// Sample messages.
    pub examples: Vec<RawValues>,
}

impl RawCallback {
    pub(in crate::read) fn read_all(root: Node, file: &str, diagnostics: &mut Diagnostics) -> Vec<Self> {
        let callbacks = entries(root, "the file", file, diagnostics);
        callbacks.into_iter().filter_map(|(name, node)| Self::read(name, node, file, diagnostics)).collect()
    }

    fn read(name: Located<String>, node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(node, format!("the callback `{}`", name.value), file, diagnostics)?;
        let method = table.text("method", diagnostics);
        let summary = table.required("summary", diagnostics);
        let unknown = table.texts("unknown", diagnostics);
        let page = table.required("page", diagnostics);
        let fields = RawField::read_all(table.map("fields", diagnostics), file, diagnostics);
        let examples = list(table.take("examples"), "examples", file, diagnostics);
        let examples = examples.into_iter().map(|node| RawValues::read(node, file, diagnostics)).collect();
        table.finish(diagnostics);
        Some(Self { file: file.to_owned(), name, method, summary, unknown, page, fields, examples })
    }
}
