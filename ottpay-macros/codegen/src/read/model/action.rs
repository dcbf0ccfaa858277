//! The raw files of `actions/`.

use ottpay_vocabulary::{Effect, Evidence, Protocol, WordSet as _};

use super::example::RawExample;
use super::field::RawField;
use super::query::RawQueries;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::declaration::map;
use crate::read::located::Located;
use crate::read::map::Map;
use crate::read::map_reader::report_missing;
use crate::read::node::Node;
use crate::read::shape::Shape;
use crate::read::value::{Flag, Found, Value};

map! {
    /// A file of `actions/`: one call of the gateway. The name of the file becomes the method of the client.
    pub struct RawAction("the action") {
        /// The constant on the wire; without an envelope, the vendor's name for it. Required, unless there are `methods`.
        action: Option<Located<String>>,
        /// The version that the gateway expects, in quotes. Required in an envelope; not allowed otherwise.
        version: Option<Located<String>>,
        /// `write`: it may move money, so it is never repeated automatically. `read`: it changes nothing.
        effect (required) [Effect::WORDS]: Option<Located<String>>,
        /// One sentence that describes it. Required, unless there are `methods`.
        summary: Option<Located<String>>,
        /// The vendor's page, as `host/path` or by its name in `pages`.
        page (required): Option<Located<String>>,
        /// Default evidence of its fields: a page of the vendor, public clients, or none.
        evidence [Evidence::WORDS]: Option<Located<String>>,
        /// Further facts, for the documentation.
        doc: Option<Located<String>>,
        /// Points that the vendor does not document.
        unknown: Vec<Located<String>>,
        /// Several methods that send the same data under different constants, instead of `action` and `summary`.
        methods: Methods,
        /// How it is sent, if not in the `envelope`: `json` is a plain JSON call, `link` a URL that a browser opens, `sdk`
        /// parameters for the vendor's mobile SDK.
        protocol [Protocol::WORDS]: Option<Located<String>>,
        /// Base URL, if it is not the gateway's: `https://HOST`.
        base_url: Option<Located<String>>,
        /// Path, if it is not the gateway's: `/PATH`.
        path: Option<Located<String>>,
        /// Fields of the request inside `data`, by their names on the wire. The client sorts them for the digest.
        request: Vec<RawField>,
        /// Fields of the request that are sent in clear text outside `data`.
        outer: Vec<RawField>,
        /// Fields of the reply.
        reply: Vec<RawField>,
        /// Parameters with which the buyer's browser returns to the shop's page.
        returned: Vec<RawField>,
        /// The callback that follows, by its name in `callbacks.yaml`.
        callback: Option<Located<String>>,
        /// The reads that report the outcome of a write, for example after a lost reply; or `{ none: REASON }` if no read
        /// does. Required if `effect` is `write`, not allowed otherwise.
        query: Option<RawQueries>,
        /// Sample exchanges, each with a name in snake_case. They are checked against the fields and shown in the
        /// reference, and the sandbox answers from them.
        examples: Vec<RawExample>,
    }
}

map! {
    /// A method of a file with several, with its name in Rust.
    pub struct RawMethod("the method `{name}`", name) {
        /// The constant on the wire.
        action (required): Option<Located<String>>,
        /// One sentence that describes it.
        summary (required): Option<Located<String>>,
        /// `true`: the payment only reserves the money.
        reserves: Flag,
    }
}

/// The value of `methods`; `None` if the file lacks the key, and so declares a single method.
pub type Methods = Option<ListedMethods>;

/// The methods that a file lists.
#[derive(Debug, Clone, Default)]
pub struct ListedMethods(pub Vec<RawMethod>);

impl Value for Methods {
    const SHAPE: Shape = Shape::Maps(RawMethod::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let is_empty = found.node.is_empty();
        if is_empty {
            let help = "add `NAME: { action: …, summary: … }`, or remove `methods`";
            diagnostics.report(Mistake::Empty, &found.key, "`methods` is empty", help);
        }
        // Even with an invalid list, the file is not meant as a single method.
        Some(ListedMethods(if is_empty { Vec::new() } else { Value::read(found, diagnostics) }))
    }
}

impl RawAction {
    /// Reads a file. Which keys are required depends on the others.
    pub(crate) fn read_file(node: Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        if !node.is_map() {
            let (mistake, message) = match node.is_empty() {
                true => (Mistake::Empty, "the action is empty".to_owned()),
                false => (Mistake::WrongForm, format!("an action must be a map of keys, found {}", node.describe())),
            };
            let help = "it needs `action`, `version`, `effect`, `summary` and `page`, each as `key: value`";
            diagnostics.report(mistake, &node.at, message, help);
            return None;
        }
        // A misspelt key is reported as unknown, and not as missing as well.
        let has = |key| node.any_key(|written| written == key || Self::SHAPE.is_meant(written, key));
        let (has_methods, has_protocol) = (has("methods"), has("protocol"));
        let (has_action, has_version, has_summary) = (has("action"), has("version"), has("summary"));
        let name = Located { value: String::new(), at: node.at.clone() };
        let read = <Self as Map>::read(name, node, diagnostics);
        let is_envelope = |word: &Located<String>| Protocol::from_word(&word.value) == Some(Protocol::Envelope);
        // An invalid protocol is reported as such.
        let is_sealed = !has_protocol || read.protocol.as_ref().is_some_and(is_envelope);
        for (key, is_missing) in [
            ("action", !has_action && !has_methods),
            ("version", !has_version && is_sealed),
            ("summary", !has_summary && !has_methods),
        ] {
            if let Some(shape) = Self::SHAPE.keys.iter().find(|shape| is_missing && shape.name == key) {
                report_missing(shape, "the action", &read.at, diagnostics);
            }
        }
        Some(read)
    }
}
