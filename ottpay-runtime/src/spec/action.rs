//! Actions of the gateway.

use ottpay_vocabulary::{Effect, Evidence, Protocol, Role};

use super::callback::CallbackInfo;
use super::field::FieldInfo;
use super::query::QueryField;

/// One action of the gateway.
#[derive(Debug)]
pub struct ActionInfo {
    /// Name of the client's method, for example `active_pay`.
    pub name: &'static str,
    /// The constant on the wire, for example `ACTIVEPAY`; for a call without an envelope, the vendor's name for it.
    pub action: &'static str,
    /// How the action is sent.
    pub protocol: Protocol,
    /// Version on the wire; empty for an action without an envelope.
    pub version: &'static str,
    /// Base URL, if it differs from the gateway's.
    pub base_url: Option<&'static str>,
    /// Path below the base URL.
    pub path: &'static str,
    /// Whether the action may move money.
    pub effect: Effect,
    /// Whether a payment made with it only reserves the money until it is captured.
    pub reserves: bool,
    /// A description of one sentence.
    pub summary: &'static str,
    /// Further documentation; may be empty.
    pub doc: &'static str,
    /// Points that the vendor does not document.
    pub unknown: &'static [&'static str],
    /// The vendor's page.
    pub page: &'static str,
    /// Request fields: with an envelope in the order of the digest, those outside `data` last; otherwise in the order
    /// of the file.
    pub request: &'static [FieldInfo],
    /// Reply fields in the order of the file.
    pub reply: &'static [FieldInfo],
    /// Parameters with which the buyer returns to the merchant's page, in the order of the file.
    pub returned: &'static [FieldInfo],
    /// The callback that follows, if there is one.
    pub callback: Option<&'static CallbackInfo>,
    /// The reads that report the outcome, if this is a write.
    pub queries: &'static [QueryInfo],
    /// Why no read reports the outcome, if this is a write without one.
    pub no_query: Option<&'static str>,
    /// Sample exchanges.
    pub examples: &'static [Example],
    /// The YAML file, as shown in messages.
    pub file: &'static str,
    /// The line of the action in that file.
    pub line: u32,
}

impl ActionInfo {
    /// Whether this name identifies the action: the name of its method, or its constant on the wire, which several
    /// actions may share.
    pub fn has_name(&self, name: &str) -> bool {
        self.name == name || self.action == name
    }

    /// Finds the request field with this role.
    pub fn request_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.request.iter().find(|field| field.role == Some(role))
    }

    /// Finds the request field with the id of what the request is about: an order, a refund or a Checkout page. If
    /// there are several, a required one is preferred.
    pub fn own_id(&self) -> Option<&'static FieldInfo> {
        let mut own = self.request.iter().filter(|field| field.is_own_id());
        own.clone().find(|field| field.required).or_else(|| own.next())
    }

    /// Finds the reply field with this role.
    pub fn reply_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.reply.iter().find(|field| field.role == Some(role))
    }
}

/// A read that reports the outcome of a write.
#[derive(Debug)]
pub struct QueryInfo {
    /// The read.
    pub action: &'static ActionInfo,
    /// The fields of the read whose values come from the write. The client itself writes the others, or they are left
    /// out.
    pub set: &'static [QueryField],
    /// How it is known that this read supports this write.
    pub evidence: Evidence,
    /// The line in the YAML file of the write.
    pub line: u32,
}

/// A sample exchange from the specification.
#[derive(Debug)]
pub struct Example {
    /// Fields of the request except those outside `data`, including constants and copies, in the order of the list.
    pub request: &'static [(&'static str, &'static str)],
    /// Fields of the reply.
    pub reply: &'static [(&'static str, &'static str)],
    /// Parameters with which the buyer returns.
    pub returned: &'static [(&'static str, &'static str)],
}
