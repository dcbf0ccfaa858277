//! The checked model: what the emitter works from. Every index is valid, every name is a Rust name. Nobody outside this
//! crate can make or change one.

mod field;
mod gateway;
mod types;

pub use field::{Evidence, Field, Fill, Kind, Limits, Side};
pub use gateway::{Cipher, Code, CodeClass, Framing, Gateway};
pub use types::{Class, Compare, Enum, Object, Word};

use std::collections::BTreeSet;

use crate::diagnostic::Position;

/// A whole specification without problems.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What messages call the folder.
    pub(crate) shown: String,
    /// Every file, relative to the folder.
    pub(crate) files: Vec<String>,
    /// Whether it extends the specification of the library, and so has no gateway and no client of its own.
    pub(crate) extends: bool,
    /// The gateway.
    pub(crate) gateway: Gateway,
    /// Enums, in the order of the file.
    pub(crate) enums: Vec<Enum>,
    /// Objects, in the order of the file.
    pub(crate) objects: Vec<Object>,
    /// Callbacks, in the order of the file.
    pub(crate) callbacks: Vec<Callback>,
    /// Actions, by name.
    pub(crate) actions: Vec<Action>,
    /// What has problems, by its names in Rust.
    pub(crate) stand_ins: StandIns,
}

/// Names of what has problems and is emitted as a stand-in.
#[derive(Debug, Clone, Default)]
pub(crate) struct StandIns {
    /// Rust types.
    pub(crate) types: BTreeSet<String>,
    /// Methods of the client.
    pub(crate) methods: BTreeSet<String>,
    /// Methods of the client that take a callback.
    pub(crate) callbacks: BTreeSet<String>,
}

impl Spec {
    /// The gateway.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Enums, in the order of the file.
    pub fn enums(&self) -> &[Enum] {
        &self.enums
    }

    /// Objects, in the order of the file.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Callbacks, in the order of the file.
    pub fn callbacks(&self) -> &[Callback] {
        &self.callbacks
    }

    /// Actions, by name.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}

/// A callback.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Name in the file.
    pub name: String,
    /// Name of the client's method.
    pub method: String,
    /// Name of the Rust type.
    pub type_name: String,
    /// One sentence.
    pub summary: String,
    /// What the vendor does not document.
    pub unknown: Vec<String>,
    /// The vendor's page.
    pub page: String,
    /// Fields, in the order of the file.
    pub fields: Vec<Field>,
    /// Sample messages.
    pub examples: Vec<Vec<(String, String)>>,
    /// Declaration.
    pub source: Position,
    /// Whether it belongs to the specification that is extended.
    pub from_library: bool,
    /// Whether it has problems.
    pub(crate) is_broken: bool,
}

/// An action, as one method of the client.
#[derive(Debug, Clone)]
pub struct Action {
    /// Name of the method.
    pub name: String,
    /// Name of the request type; the builder and the reply are named after it.
    pub type_name: String,
    /// The constant on the wire; without an envelope the vendor's name for it.
    pub action: String,
    /// How it travels.
    pub protocol: Protocol,
    /// Version; empty without an envelope.
    pub version: String,
    /// Base address, where it is not the gateway's.
    pub base_url: Option<String>,
    /// Path.
    pub path: String,
    /// Whether it may move money.
    pub write: bool,
    /// Whether the payment only reserves the money.
    pub reserves: bool,
    /// One sentence.
    pub summary: String,
    /// What else there is to know.
    pub doc: String,
    /// What the vendor does not document.
    pub unknown: Vec<String>,
    /// The vendor's page.
    pub page: String,
    /// In an envelope: fields inside `data` in the order of the digest, then those beside it. Else in the order of the
    /// file.
    pub request: Vec<Field>,
    /// Fields of the reply, in the order of the file.
    pub reply: Vec<Field>,
    /// Parameters that come back with the buyer's browser, in the order of the file.
    pub returned: Vec<Field>,
    /// Index of the callback that follows.
    pub callback: Option<usize>,
    /// Sample exchanges.
    pub examples: Vec<Example>,
    /// Declaration.
    pub source: Position,
    /// Declaration of what it shares with other methods: the file itself.
    pub file: Position,
}

impl Action {
    /// The Rust types that are made from it.
    pub(crate) fn type_names(&self) -> Vec<String> {
        let suffixes = [Some(""), Some("Builder"), Some("Reply"), (!self.returned.is_empty()).then_some("Return")];
        suffixes.into_iter().flatten().map(|suffix| format!("{}{suffix}", self.type_name)).collect()
    }

    /// What sending it may do.
    pub(crate) fn effect_in_words(&self) -> &'static str {
        match self.write {
            true => "It may move money, so it is never repeated automatically.",
            false => "It changes nothing and may be repeated.",
        }
    }

    /// What becomes of the money, if it is not simply paid.
    pub(crate) fn reserves_in_words(&self) -> Option<&'static str> {
        self.reserves.then_some("The money is reserved, **not** received, until it is captured.")
    }
}

/// How an action travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Sealed and posted.
    #[default]
    Envelope,
    /// Posted as plain JSON.
    Json,
    /// Opened by the buyer's browser.
    Link,
    /// Handed to the vendor's SDK.
    Sdk,
}

/// A sample exchange.
#[derive(Debug, Clone)]
pub struct Example {
    /// Fields of the request, constants and copies included, those beside `data` left out.
    pub request: Vec<(String, String)>,
    /// Fields of the reply.
    pub reply: Vec<(String, String)>,
    /// Parameters that come back with the buyer's browser.
    pub returned: Vec<(String, String)>,
}
