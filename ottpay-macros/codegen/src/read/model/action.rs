//! The files of `actions/`, word for word.

use super::example::list;
use super::{RawExample, RawField};
use crate::read::Located;
use crate::read::table::Table;
use crate::read::yaml::Node;
use crate::{Diagnostics, Position};

/// A file of `actions/`.
#[derive(Debug)]
pub struct RawAction {
    /// The file, as shown.
    pub file: String,
    /// The file's name without `.yaml`; becomes the name of the method.
    pub stem: String,
    /// Where the description begins.
    pub at: Position,
    /// The constant on the wire.
    pub action: Option<Located<String>>,
    /// Version.
    pub version: Option<Located<String>>,
    /// Path, where it is not the gateway's.
    pub path: Option<Located<String>>,
    /// `write` or `read`.
    pub effect: Option<Located<String>>,
    /// One sentence.
    pub summary: Option<Located<String>>,
    /// The vendor's page.
    pub page: Option<Located<String>>,
    /// Fields of the request inside `data`.
    pub request: Vec<RawField>,
    /// Fields of the request beside `data`.
    pub outer: Vec<RawField>,
    /// Fields of the reply.
    pub reply: Vec<RawField>,
    /// Name of the callback that follows.
    pub callback: Option<Located<String>>,
    /// Sample exchanges.
    pub examples: Vec<RawExample>,
}

impl RawAction {
    pub(in crate::read) fn read(stem: String, root: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(root, "the action".to_owned(), file, diagnostics)?;
        let at = table.at();
        let action = table.required("action", diagnostics);
        let version = table.required("version", diagnostics);
        let path = table.text("path", diagnostics);
        let effect = table.required("effect", diagnostics);
        let summary = table.required("summary", diagnostics);
        let page = table.required("page", diagnostics);
        let request = RawField::read_all(table.map("request", diagnostics), file, diagnostics);
        let outer = RawField::read_all(table.map("outer", diagnostics), file, diagnostics);
        let reply = RawField::read_all(table.map("reply", diagnostics), file, diagnostics);
        let callback = table.text("callback", diagnostics);
        let examples = list(table.take("examples"), "examples", file, diagnostics);
        let examples = examples.into_iter().filter_map(|node| RawExample::read(node, file, diagnostics)).collect();
        table.finish(diagnostics);
        Some(Self {
            file: file.to_owned(),
            stem,
            at,
            action,
            version,
            path,
            effect,
            summary,
            page,
            request,
            outer,
            reply,
            callback,
            examples,
        })
    }
}
