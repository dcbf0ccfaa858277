//! The files of `actions/`, word for word.

use super::example::list;
use super::{RawExample, RawField};
use crate::read::Located;
use crate::read::table::{Table, entries};
use crate::read::yaml::{Content, Node};
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
    /// How it travels, where it is not in an envelope.
    pub protocol: Option<Located<String>>,
    /// Whether the file has `methods` at all.
    pub is_single: bool,
    /// The methods, where one data shape goes under several constants.
    pub methods: Vec<RawMethod>,
    /// The constant on the wire.
    pub action: Option<Located<String>>,
    /// Version.
    pub version: Option<Located<String>>,
    /// Base address, where it is not the gateway's.
    pub base_url: Option<Located<String>>,
    /// Path, where it is not the gateway's.
    pub path: Option<Located<String>>,
    /// `write` or `read`.
    pub effect: Option<Located<String>>,
    /// One sentence.
    pub summary: Option<Located<String>>,
    /// What else there is to know.
    pub doc: Option<Located<String>>,
    /// What the vendor does not document.
    pub unknown: Vec<Located<String>>,
    /// The vendor's page.
    pub page: Option<Located<String>>,
    /// Fields of the request inside `data`.
    pub request: Vec<RawField>,
    /// Fields of the request beside `data`.
    pub outer: Vec<RawField>,
    /// Fields of the reply.
    pub reply: Vec<RawField>,
    /// Parameters that come back with the buyer's browser.
    pub returned: Vec<RawField>,
    /// Name of the callback that follows.
    pub callback: Option<Located<String>>,
    /// Sample exchanges.
    pub examples: Vec<RawExample>,
}

impl RawAction {
    pub(in crate::read) fn read(stem: String, root: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(root, "the action".to_owned(), file, diagnostics)?;
        let at = table.at();
        let protocol = table.text("protocol", diagnostics);
        let listed = table.take("methods");
        // Whatever is wrong with the list, the file does not mean to be a single action.
        let is_single = listed.is_none();
        let methods = RawMethod::read_all(listed, file, diagnostics);
        // Each method has its own action and summary; a call without an envelope has no version.
        let one = |key, needed, table: &mut Table<'_>, diagnostics: &mut Diagnostics| match needed {
            true => table.required(key, diagnostics),
            false => table.text(key, diagnostics),
        };
        let sealed = protocol.as_ref().is_none_or(|protocol| protocol.value == "envelope");
        let action = one("action", is_single, &mut table, diagnostics);
        let version = one("version", sealed, &mut table, diagnostics);
        let effect = table.required("effect", diagnostics);
        let summary = one("summary", is_single, &mut table, diagnostics);
        let base_url = table.text("base_url", diagnostics);
        let path = table.text("path", diagnostics);
        let doc = table.text("doc", diagnostics);
        let unknown = table.texts("unknown", diagnostics);
        let page = table.required("page", diagnostics);
        let request = RawField::read_all(table.map("request", diagnostics), file, diagnostics);
        let outer = RawField::read_all(table.map("outer", diagnostics), file, diagnostics);
        let reply = RawField::read_all(table.map("reply", diagnostics), file, diagnostics);
        let returned = RawField::read_all(table.map("returned", diagnostics), file, diagnostics);
        let callback = table.text("callback", diagnostics);
        let examples = list(table.take("examples"), "examples", file, diagnostics);
        let examples = examples.into_iter().filter_map(|node| RawExample::read(node, file, diagnostics)).collect();
        table.finish(diagnostics);
        Some(Self {
            file: file.to_owned(),
            stem,
            at,
            protocol,
            is_single,
            methods,
            action,
            version,
            base_url,
            path,
            effect,
            summary,
            doc,
            unknown,
            page,
            request,
            outer,
            reply,
            returned,
            callback,
            examples,
        })
    }
}

/// One of several methods that send the same data under different constants.
#[derive(Debug)]
pub struct RawMethod {
    /// Name of the method.
    pub name: Located<String>,
    /// The constant on the wire.
    pub action: Option<Located<String>>,
    /// One sentence.
    pub summary: Option<Located<String>>,
    /// Whether the payment only reserves the money.
    pub reserves: bool,
}

impl RawMethod {
    fn read_all(listed: Option<(Position, Node)>, file: &str, diagnostics: &mut Diagnostics) -> Vec<Self> {
        let Some((at, node)) = listed else { return Vec::new() };
        let is_list_of_none =
            matches!(node.content, Content::Null) || matches!(&node.content, Content::Map(m) if m.is_empty());
        if is_list_of_none {
            let help = "add `NAME: { action: …, summary: … }`, or remove `methods`";
            diagnostics.report_with_help(file, at, "`methods` lists no method", help);
        }
        let methods = entries(node, "`methods` of the action", file, diagnostics);
        methods.into_iter().filter_map(|(name, node)| Self::read(name, node, file, diagnostics)).collect()
    }

    fn read(name: Located<String>, node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(node, format!("the method `{}`", name.value), file, diagnostics)?;
        let action = table.required("action", diagnostics);
        let summary = table.required("summary", diagnostics);
        let reserves = table.flag("reserves", diagnostics);
        table.finish(diagnostics);
        Some(Self { name, action, summary, reserves })
    }
}
