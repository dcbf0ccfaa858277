//! The compiled specification: plain static tables that say what every action, field and code is.
//!
//! The macro emits one [`Gateway`] with everything in it. The client, the sandbox and every tool read these tables;
//! nobody parses YAML at run time. Only generated code builds these structs, and it moves together with this crate; to
//! build one by hand is not covered by semantic versioning: members may join at any time.

mod field;

pub use field::{Charset, Encoding, EnumInfo, Evidence, FieldInfo, Fill, Kind, Limits, ObjectInfo, Role};

use crate::{Cipher, Framing};

/// Everything the specification says, in one table.
#[derive(Debug)]
pub struct Gateway {
    /// Base address of the gateway; the path comes from the action.
    pub base_url: &'static str,
    /// Every path at which the gateway takes actions.
    pub paths: &'static [&'static str],
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Known response codes, in upper case, and what they mean.
    pub codes: &'static [CodeInfo],
    /// What to answer when a callback has been taken.
    pub acknowledgement: Acknowledgement,
    /// The actions, in the order of their Rust names.
    pub actions: &'static [&'static ActionInfo],
    /// The messages that the gateway sends to the merchant.
    pub callbacks: &'static [&'static CallbackInfo],
}

/// Two tables as one, at compile time: what a specification adds to the one that it extends. `first` is never empty.
#[doc(hidden)]
#[allow(clippy::indexing_slicing, reason = "runs at compile time only, where a wrong index is a compile error")]
pub const fn joined<T: Copy, const N: usize>(first: &[T], second: &[T]) -> [T; N] {
    let mut all = [first[0]; N];
    let mut index = 0;
    while index < N {
        all[index] = if index < first.len() { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

impl Gateway {
    /// The action behind a method of the client, for example `active_pay`.
    pub fn method(&self, name: &str) -> Option<&'static ActionInfo> {
        self.actions.iter().copied().find(|info| info.name == name)
    }

    /// The actions with this constant on the wire, for example `CC_PURCHASE`: there may be one for each channel.
    pub fn actions(&self, constant: &str) -> impl Iterator<Item = &'static ActionInfo> {
        self.actions.iter().copied().filter(move |info| info.action == constant)
    }
}

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
    /// Sample exchanges.
    pub examples: &'static [Example],
    /// YAML file, as shown in messages.
    pub file: &'static str,
    /// Line of the action in that file.
    pub line: u32,
}

/// How a request travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Sealed in the envelope, posted, and answered in the same way.
    Envelope,
    /// Posted as a plain JSON object, and answered by one. TLS is all that protects it.
    Json,
    /// An address that the buyer's browser opens.
    Link,
    /// Parameters that an app hands to the vendor's SDK, which makes the call.
    Sdk,
}

impl ActionInfo {
    /// The request field with this part to play.
    pub fn request_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.request.iter().find(|field| field.role == Some(role))
    }

    /// The reply field with this part to play.
    pub fn reply_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.reply.iter().find(|field| field.role == Some(role))
    }
}

/// One message from the gateway to the merchant.
#[derive(Debug)]
pub struct CallbackInfo {
    /// Name in `callbacks.yaml`.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What the vendor does not document.
    pub unknown: &'static [&'static str],
    /// The vendor's page.
    pub page: &'static str,
    /// Fields in the order of the file.
    pub fields: &'static [FieldInfo],
    /// Sample messages.
    pub examples: &'static [&'static [(&'static str, &'static str)]],
    /// YAML file, as shown in messages.
    pub file: &'static str,
    /// Line in that file.
    pub line: u32,
}

/// Whether an action may move money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// May move money: never repeated automatically.
    Write,
    /// Changes nothing: may be repeated.
    Read,
}

/// A response code and what it means.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code, in upper case.
    pub code: &'static str,
    /// What it means for the call; nothing if the vendor does not say.
    pub class: Option<CodeClass>,
    /// What the vendor says.
    pub doc: &'static str,
}

/// What a response code means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeClass {
    /// The gateway took the request. That is not the same as paid.
    Accepted,
    /// The gateway turned the request down.
    Refused,
    /// The gateway does not know itself what became of the request.
    Open,
}

/// The answer to a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledgement {
    /// HTTP status.
    pub status: u16,
    /// Value of the header `Content-Type`.
    pub content_type: &'static str,
    /// Body.
    pub body: &'static str,
}

/// A sample exchange from the specification.
#[derive(Debug)]
pub struct Example {
    /// Fields of the request, those beside `data` left out: constants and copies included, in the order of the table.
    pub request: &'static [(&'static str, &'static str)],
    /// Fields of the reply.
    pub reply: &'static [(&'static str, &'static str)],
    /// Parameters that come back with the buyer.
    pub returned: &'static [(&'static str, &'static str)],
}
