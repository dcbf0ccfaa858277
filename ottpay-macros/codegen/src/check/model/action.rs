//! An action, checked.

use ottpay_vocabulary::{Effect, Moves, Protocol};

use super::field::Field;
use super::query::Query;
use crate::diagnostic::Position;

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
    pub effect: Effect,
    /// Whether the payment only reserves the money.
    pub reserves: bool,
    /// One sentence.
    pub summary: String,
    /// Further explanation.
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
    /// Parameters that return with the buyer's browser, in the order of the file.
    pub returned: Vec<Field>,
    /// Index of the callback that follows.
    pub callback: Option<usize>,
    /// The reads that find out what became of it, if it is a write.
    pub queries: Vec<Query>,
    /// Why no read finds out what became of a write.
    pub no_query: Option<String>,
    /// Sample exchanges.
    pub examples: Vec<Example>,
    /// Declaration.
    pub source: Position,
    /// Declaration of what it shares with other methods: the file itself.
    pub file: Position,
}

impl Action {
    /// Whether the name of the method is that of the file; otherwise the file lists it.
    pub(crate) fn is_named_by_file(&self) -> bool {
        self.source == self.file
    }

    /// The Rust types that are made from it.
    pub(crate) fn type_names(&self) -> Vec<String> {
        let suffixes = [Some(""), Some("Builder"), Some("Reply"), (!self.returned.is_empty()).then_some("Return")];
        suffixes.into_iter().flatten().map(|suffix| format!("{}{suffix}", self.type_name)).collect()
    }

    /// What sending it may do.
    pub(crate) fn effect_in_words(&self) -> &'static str {
        match self.effect {
            Effect::Write => "It may move money, so it is never repeated automatically.",
            Effect::Read => "It changes nothing and may be repeated.",
        }
    }

    /// When the money of a write moves.
    pub(crate) fn moves_in_words(&self) -> Option<String> {
        if self.effect == Effect::Read {
            return None;
        }
        let moves_at_once = |field: &&Field| field.role.is_some_and(Moves::is_at_once_by);
        let (always, if_set): (Vec<_>, Vec<_>) =
            self.request.iter().filter(moves_at_once).partition(|field| field.required && !field.may_omit);
        Some(match (always.is_empty(), if_set.first()) {
            (false, _) => "The money moves at once.".to_owned(),
            (true, Some(field)) => {
                format!("The money moves when the buyer pays, or at once if `{}` is set.", field.wire)
            }
            (true, None) => "The money moves when the buyer pays.".to_owned(),
        })
    }

    /// What becomes of the money, if it is not simply paid.
    pub(crate) fn reserves_in_words(&self) -> Option<&'static str> {
        self.reserves.then_some("The money is reserved, **not** received, until it is captured.")
    }
}

/// A sample exchange.
#[derive(Debug, Clone)]
pub struct Example {
    /// Name in the file.
    pub name: String,
    /// Fields of the request, constants and copies included, without those beside `data`.
    pub request: Vec<(String, String)>,
    /// Fields of the reply.
    pub reply: Vec<(String, String)>,
    /// Parameters that return with the buyer's browser.
    pub returned: Vec<(String, String)>,
}
