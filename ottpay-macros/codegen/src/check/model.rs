//! The checked model: what the emitter works from. Every index is valid, every name is a Rust name. Nobody outside this
//! crate can make or change one.

use crate::Position;

/// A whole specification without problems.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What messages call the folder.
    pub(crate) shown: String,
    /// Every file, relative to the folder.
    pub(crate) files: Vec<String>,
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

/// The gateway.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Gateway {
    /// Base address.
    pub base_url: String,
    /// Path of actions that name none.
    pub path: String,
    /// Further paths at which the gateway takes actions.
    pub other_paths: Vec<String>,
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Status, content type and body of the answer to a callback.
    pub acknowledgement: (u16, String, String),
    /// Response codes.
    pub codes: Vec<Code>,
    /// What the vendor does not document.
    pub unknown: Vec<String>,
    /// The vendor's page.
    pub page: String,
    /// Declaration.
    pub source: Source,
}

/// How requests are framed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Framing {
    /// Plain JSON.
    #[default]
    Json,
    /// The JSON as a whole in Base64.
    Base64,
}

/// How `data` is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128-ECB.
    #[default]
    Ecb,
    /// AES-128-CBC with an IV of zeros.
    CbcZero,
    /// AES-128-CBC with the key as IV.
    CbcKey,
}

/// A response code.
#[derive(Debug, Clone)]
pub struct Code {
    /// The code, in upper case.
    pub code: String,
    /// What it means; nothing if the vendor does not say.
    pub class: Option<CodeClass>,
    /// Explanation.
    pub doc: String,
    /// Declaration.
    pub source: Source,
}

/// What a response code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeClass {
    /// Taken.
    Accepted,
    /// Turned down.
    Refused,
    /// Not known to the gateway itself.
    Open,
}

/// Where something is declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// File, as shown.
    pub file: String,
    /// Place in the file.
    pub at: Position,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name in Rust.
    pub name: String,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if one has the words.
    pub page: String,
    /// How its words compare.
    pub compare: Compare,
    /// The words.
    pub words: Vec<Word>,
    /// Declaration.
    pub source: Source,
}

impl Enum {
    /// Whether the words say something about the money.
    pub fn says_status(&self) -> bool {
        self.words.iter().any(|word| matches!(word.class, Some(Class::Status(_))))
    }
}

/// How words of an enum compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// As they stand.
    Exact,
    /// Without outer white space, in lower case, with `_` for hyphens and blanks.
    Loose,
    /// Without outer white space, in upper case.
    Upper,
}

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// About the money: a variant of the runtime's `StatusClass`.
    Status(&'static str),
    /// About the call.
    Code(CodeClass),
}

/// A JSON object inside a field.
#[derive(Debug, Clone)]
pub struct Object {
    /// Name in Rust.
    pub name: String,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if one has it.
    pub page: String,
    /// Members, in the order of the file.
    pub fields: Vec<Field>,
    /// Declaration.
    pub source: Source,
}

/// A word of an enum.
#[derive(Debug, Clone)]
pub struct Word {
    /// The word on the wire.
    pub word: String,
    /// Name of the variant.
    pub variant: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// What it says, if anything.
    pub class: Option<Class>,
    /// Explanation.
    pub doc: String,
    /// Declaration.
    pub source: Source,
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
    pub source: Source,
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
    pub source: Source,
    /// Declaration of what it shares with other methods: the file itself.
    pub file: Source,
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

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name on the wire.
    pub wire: String,
    /// Name in Rust, without escape.
    pub name: String,
    /// Type.
    pub kind: Kind,
    /// Whether a message without it is wrong.
    pub required: bool,
    /// Whether the caller may leave it out in so many words.
    pub may_omit: bool,
    /// Which side of the exchange it is on.
    pub side: Side,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value the client writes by itself.
    pub constant: Option<String>,
    /// Whether the constant is only sent if the caller asks for it.
    pub opt_in: bool,
    /// Where the client takes the value from by itself.
    pub fill: Option<Fill>,
    /// The words of an enum that are taken; empty: all.
    pub only: Vec<String>,
    /// Other names in what is received.
    pub aliases: Vec<String>,
    /// Limits on the text.
    pub limits: Limits,
    /// Whether the vendor's own samples break the limits.
    pub lenient: bool,
    /// Whether the value is written in Base64, where there is no envelope.
    pub base64: bool,
    /// Who says so.
    pub evidence: Evidence,
    /// Index of the object that the caller encrypts into this text.
    pub content: Option<usize>,
    /// Variant of the runtime's `Role`.
    pub role: Option<&'static str>,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, where it is not the one of the action.
    pub page: Option<String>,
    /// Declaration.
    pub source: Source,
}

impl Field {
    /// Whether it travels beside `data`.
    pub fn is_outer(&self) -> bool {
        self.side == Side::Outer
    }

    /// Whether it is received, not sent.
    pub fn is_received(&self) -> bool {
        self.side.is_received()
    }

    /// Whether the caller gives its value.
    pub fn is_given(&self) -> bool {
        self.constant.is_none() && self.fill.is_none()
    }

    /// Whether the caller has a say in it: gives its value, asks for it, or leaves it out.
    pub fn is_settable(&self) -> bool {
        self.is_given() || self.opt_in || (self.constant.is_some() && self.may_omit)
    }
}

/// Where the client takes a value from that it writes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// The client's merchant id.
    MerchantId,
    /// The address that the call goes to.
    Endpoint,
    /// Another field of the request, by its wire name.
    CopyOf(String),
}

/// Who says that a field is what it is said to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Evidence {
    /// A page of the vendor.
    #[default]
    Vendor,
    /// Clients in the field.
    Clients,
    /// Nobody.
    Assumed,
}

/// Which side of the exchange a field is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Inside `data` of a request.
    Request,
    /// Beside `data` of a request.
    Outer,
    /// In a reply or a callback.
    Received,
    /// In an object inside a reply or callback.
    Member,
    /// In what comes back with the buyer's browser.
    Returned,
    /// Nowhere: a type that fields on any side share.
    Shared,
}

impl Side {
    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Received | Self::Member | Self::Returned)
    }
}

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Order id.
    OrderId,
    /// Minor units.
    Amount,
    /// Address.
    Url,
    /// ISO 4217 code.
    Currency,
    /// Whole number that is no money.
    Integer,
    /// Time of a request.
    Timestamp,
    /// Date and time.
    DateTime,
    /// Rate times 10^8.
    RateE8,
    /// Decimal text.
    Decimal,
    /// Any JSON value.
    Json,
    /// Index of an enum.
    Enum(usize),
    /// Index of an object.
    Object(usize),
}

impl Kind {
    /// The index of the object that it is.
    pub(crate) fn object(self) -> Option<usize> {
        match self {
            Self::Object(index) => Some(index),
            _ => None,
        }
    }

    /// The types that need no declaration, by their names in the language.
    pub const BUILT_IN: [(&'static str, Self); 11] = [
        ("text", Self::Text),
        ("order_id", Self::OrderId),
        ("amount", Self::Amount),
        ("url", Self::Url),
        ("currency", Self::Currency),
        ("integer", Self::Integer),
        ("timestamp", Self::Timestamp),
        ("datetime", Self::DateTime),
        ("rate_e8", Self::RateE8),
        ("decimal", Self::Decimal),
        ("json", Self::Json),
    ];
}

/// Limits on the text of a value, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Shortest length.
    pub min_len: Option<usize>,
    /// Greatest length.
    pub max_len: Option<usize>,
    /// Variant of the runtime's `Charset`.
    pub charset: Option<&'static str>,
}
