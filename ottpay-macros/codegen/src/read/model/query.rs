//! Raw queries: the reads that report the outcome of a write.

use ottpay_vocabulary::{Evidence, WordSet as _};

use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::read::declaration::map;
use crate::read::entries::{limit_entries, parse_entries, parse_text};
use crate::read::located::Located;
use crate::read::map::Map;
use crate::read::node::{Content, Node};
use crate::read::shape::Shape;
use crate::read::value::{Found, Value};

map! {
    /// A read that reports the outcome of a write, for example after a lost reply.
    pub struct RawQuery("a query of the action") {
        /// The read, by its method: one of your own, or one of the library.
        action (required): Option<Located<String>>,
        /// Fields of the read, each with the field of the write that has its value: `order_id: orderId`. `now` is the
        /// time at which the query is sent.
        set: Option<RawSet>,
        /// The source for this read serving this write: a page of the vendor, public clients, or none.
        evidence (required) [Evidence::WORDS]: Option<Located<String>>,
    }
}

map! {
    /// States that no read reports the outcome of a write.
    pub struct RawNoQuery("`query` of the action") {
        /// Why no read does.
        none (required): Option<Located<String>>,
    }
}

/// The value of `query`.
#[derive(Debug, Clone)]
pub struct RawQueries {
    /// The position of the key.
    pub at: Position,
    /// The queries, or the reason for their absence.
    pub content: RawQueriesContent,
}

/// A list of queries, or the reason for its absence.
#[derive(Debug, Clone)]
pub enum RawQueriesContent {
    /// The queries.
    Listed(Vec<RawQuery>),
    /// The reason why no read reports the outcome.
    None(RawNoQuery),
}

/// How to write a query, for messages.
const FORM: &str = "write `[{ action: METHOD, set: { FIELD: FIELD }, evidence: vendor }]`, or `{ none: REASON }` if no \
                    read reports its outcome";

impl Value for Option<RawQueries> {
    const SHAPE: Shape = Shape::MapsInOrder(RawQuery::SHAPE, RawNoQuery::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let Found { node, key: at, what } = found;
        if node.is_empty() {
            diagnostics.report(Mistake::Empty, &node.at, format!("{what} is empty"), FORM);
            return None;
        }
        let described = node.describe();
        match node.content {
            Content::List(mut items) => {
                limit_entries(&mut items, |item| &item.at, &what, diagnostics);
                reject_listed_none(&items, &what, diagnostics);
                let items = items.into_iter().filter(|item| find_key(item, "none").is_none());
                let queries: Vec<RawQuery> = items.map(|item| read_map(item, diagnostics)).collect();
                let content = RawQueriesContent::Listed(queries);
                Some(RawQueries { at, content })
            }
            Content::Map(_) if find_key(&node, "none").is_some() => {
                if let Some(beside) = RawQuery::SHAPE.keys.iter().find_map(|key| find_key(&node, key.name)) {
                    let message = format!("`{}` appears next to `none` in {what}", beside.value);
                    let help = "remove `none`, and write the query into a list; or remove everything else";
                    diagnostics.report(Mistake::Contradiction, &beside.at, message, help);
                    return None;
                }
                Some(RawQueries { at, content: RawQueriesContent::None(read_map(node, diagnostics)) })
            }
            _ => {
                let message = format!("{what} must be a list of queries, or `none` with a reason, found {described}");
                diagnostics.report(Mistake::WrongForm, &node.at, message, FORM);
                None
            }
        }
    }
}

/// Rejects `none` in the list, because it contradicts every query.
fn reject_listed_none(items: &[Node], what: &str, diagnostics: &mut Diagnostics) {
    for none in items.iter().filter_map(|item| find_key(item, "none")) {
        let (mistake, message, help) = match items {
            [_] => (Mistake::WrongForm, format!("`none` is in a list in {what}"), "write `query: { none: REASON }`"),
            _ => (
                Mistake::Contradiction,
                format!("`none` appears next to other queries in {what}"),
                "remove it, or everything else",
            ),
        };
        diagnostics.report(mistake, &none.at, message, help);
    }
}

fn find_key<'a>(node: &'a Node, key: &str) -> Option<&'a Located<String>> {
    let Content::Map(entries) = &node.content else { return None };
    entries.iter().map(|(written, _)| written).find(|written| written.value == key)
}

fn read_map<M: Map>(node: Node, diagnostics: &mut Diagnostics) -> M {
    let nameless = Located { value: String::new(), at: node.at.clone() };
    M::read(nameless, node, diagnostics)
}

/// Fields of a query, each with the field of the write whose value it has.
#[derive(Debug, Clone)]
pub struct RawSet(pub Vec<(Located<String>, Located<String>)>);

impl Value for Option<RawSet> {
    const SHAPE: Shape = Shape::Values;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let Found { node, what, .. } = found;
        let is_map = node.is_map();
        let entries = parse_entries(node, &what, diagnostics);
        let count = entries.len();
        let named = entries.into_iter().filter_map(|(name, node)| {
            let what = format!("`{}` in {what}", name.value);
            Some((name, parse_text(node, &what, diagnostics)?))
        });
        let named: Vec<_> = named.collect();
        // An entry that could not be read has been reported; the field must not be reported as missing as well.
        (is_map && named.len() == count).then_some(RawSet(named))
    }
}
