//! A checked action.

use ottpay_vocabulary::{Effect, Moves, Protocol};

use super::field::Field;
use super::query::Query;
use crate::diagnostic::Position;

/// An action, which is one method of the client.
#[derive(Debug, Clone)]
pub struct Action {
    /// Name of the client's method.
    pub name: String,
    /// Name of the request type; the builder and the reply are named after it.
    pub type_name: String,
    /// The constant on the wire; without an envelope, the vendor's name for the action.
    pub action: String,
    /// How it is sent.
    pub protocol: Protocol,
    /// The version; empty without an envelope.
    pub version: String,
    /// The base URL, if it is not the gateway's.
    pub base_url: Option<String>,
    /// The path.
    pub path: String,
    /// Whether it may move money.
    pub effect: Effect,
    /// Whether the payment only reserves the money.
    pub reserves: bool,
    /// One sentence.
    pub summary: String,
    /// Further explanation.
    pub doc: String,
    /// Points that the vendor does not document.
    pub unknown: Vec<String>,
    /// The vendor's page.
    pub page: String,
    /// The request's fields. With an envelope: those inside `data` in the order of the digest, then those outside it.
    /// Otherwise in the order of the file.
    pub request: Vec<Field>,
    /// Fields of the reply, in the order of the file.
    pub reply: Vec<Field>,
    /// The parameters with which the buyer's browser returns, in the order of the file.
    pub returned: Vec<Field>,
    /// Index of the callback that follows.
    pub callback: Option<usize>,
    /// The reads that report the outcome of a write.
    pub queries: Vec<Query>,
    /// Why no read reports the outcome of a write.
    pub no_query: Option<String>,
    /// Sample exchanges.
    pub examples: Vec<Example>,
    /// Position of the declaration.
    pub source: Position,
    /// Position of what it shares with other methods: the file itself.
    pub file: Position,
}

impl Action {
    /// Whether the method is named after the file; otherwise the file lists it.
    pub(crate) fn is_named_by_file(&self) -> bool {
        self.source == self.file
    }

    /// Returns the names of the generated Rust types.
    pub(crate) fn type_names(&self) -> Vec<String> {
        let suffixes = [Some(""), Some("Builder"), Some("Reply"), (!self.returned.is_empty()).then_some("Return")];
        suffixes.into_iter().flatten().map(|suffix| format!("{}{suffix}", self.type_name)).collect()
    }

    /// Describes what sending the request may do.
    pub(crate) fn effect_in_words(&self) -> &'static str {
        match self.effect {
            Effect::Write => "It may move money, so it is never repeated automatically.",
            Effect::Read => "It changes nothing and may be repeated.",
        }
    }

    /// Describes when the money of a write moves.
    pub(crate) fn moves_in_words(&self) -> Option<String> {
        if self.effect == Effect::Read {
            return None;
        }
        let moves_at_once = |field: &&Field| field.role.is_some_and(Moves::is_at_once_by);
        let (always, if_set): (Vec<_>, Vec<_>) =
            self.request.iter().filter(moves_at_once).partition(|field| field.required && !field.may_omit);
        Some(match (always.is_empty(), if_set.first()) {
            (false, _) => "The money moves immediately.".to_owned(),
            (true, Some(field)) => {
                format!("The money moves when the buyer pays, or immediately if `{}` is set.", field.wire)
            }
            (true, None) => "The money moves when the buyer pays.".to_owned(),
        })
    }

    /// Describes what happens to the money, unless it is simply paid.
    pub(crate) fn reserves_in_words(&self) -> Option<&'static str> {
        self.reserves.then_some("The money is reserved, **not** received, until it is captured.")
    }
}

/// A sample exchange.
#[derive(Debug, Clone)]
pub struct Example {
    /// Name in the file.
    pub name: String,
    /// Fields of the request, with constants and copies, but without those outside `data`.
    pub request: Vec<(String, String)>,
    /// Fields of the reply.
    pub reply: Vec<(String, String)>,
    /// Parameters with which the buyer's browser returns.
    pub returned: Vec<(String, String)>,
}
