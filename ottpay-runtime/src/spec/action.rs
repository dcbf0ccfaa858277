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
    /// The constant on the wire, for example `ACTIVEPAY`; of a call without an envelope the vendor's name for it.
    pub action: &'static str,
    /// How it travels.
    pub protocol: Protocol,
    /// Version on the wire; empty without an envelope.
    pub version: &'static str,
    /// Base address, where it is not the gateway's.
    pub base_url: Option<&'static str>,
    /// Path below the base address.
    pub path: &'static str,
    /// Whether the action may move money.
    pub effect: Effect,
    /// Whether a payment made by it only reserves the money, until it is captured.
    pub reserves: bool,
    /// One sentence.
    pub summary: &'static str,
    /// What else there is to know; may be empty.
    pub doc: &'static str,
    /// What the vendor does not document.
    pub unknown: &'static [&'static str],
    /// The vendor's page.
    pub page: &'static str,
    /// Request fields: in an envelope in the order of the digest, those beside `data` last; otherwise in the order of
    /// the file.
    pub request: &'static [FieldInfo],
    /// Reply fields in the order of the file.
    pub reply: &'static [FieldInfo],
    /// Parameters that come back to the merchant's page with the buyer, in the order of the file.
    pub returned: &'static [FieldInfo],
    /// The callback that follows, if one does.
    pub callback: Option<&'static CallbackInfo>,
    /// The reads that tell what became of it, if it is a write.
    pub queries: &'static [QueryInfo],
    /// Why no read tells what became of a write.
    pub no_query: Option<&'static str>,
    /// Sample exchanges.
    pub examples: &'static [Example],
    /// YAML file, as shown in messages.
    pub file: &'static str,
    /// Line of the action in that file.
    pub line: u32,
}

impl ActionInfo {
    /// Whether the action is called like this: by its method, or by its constant on the wire, which several may have.
    pub fn has_name(&self, name: &str) -> bool {
        self.name == name || self.action == name
    }

    /// The request field with this part to play.
    pub fn request_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.request.iter().find(|field| field.role == Some(role))
    }

    /// The request field with the id of what the request itself is about: an order, a refund or a Checkout page. Of several
    /// the one that a request may not go without.
    pub fn own_id(&self) -> Option<&'static FieldInfo> {
        let mut own = self.request.iter().filter(|field| field.is_own_id());
        own.clone().find(|field| field.required).or_else(|| own.next())
    }

    /// The reply field with this part to play.
    pub fn reply_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.reply.iter().find(|field| field.role == Some(role))
    }
}

/// A read that tells what became of a write.
#[derive(Debug)]
pub struct QueryInfo {
    /// The read.
    pub action: &'static ActionInfo,
    /// The fields of the read that take their values from the write; the client writes the others by itself, or they are
    /// left out.
    pub set: &'static [QueryField],
    /// The source of the statement that this read answers for this write.
    pub evidence: Evidence,
    /// Line in the YAML file of the write.
    pub line: u32,
}

/// A sample exchange from the specification.
#[derive(Debug)]
pub struct Example {
    /// Fields of the request, those beside `data` left out: constants and copies included, in the order of the list.
    pub request: &'static [(&'static str, &'static str)],
    /// Fields of the reply.
    pub reply: &'static [(&'static str, &'static str)],
    /// Parameters that come back with the buyer.
    pub returned: &'static [(&'static str, &'static str)],
}
